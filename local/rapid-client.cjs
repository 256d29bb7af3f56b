// Stands in for the native addon of aws-lambda-ric, which takes a C++ compiler and 42 s to build. Preloaded with --require;
// the runtime client itself runs unedited. The three functions are those that its rapid-client.cc exports.
const http = require('node:http');
const { registerHooks } = require('node:module');
const { pathToFileURL } = require('node:url');

const hooks = registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== './rapid-client.node') return nextResolve(specifier, context);
    hooks.deregister(); // from here on, the function's own modules load as they do in Lambda
    return { url: pathToFileURL(__filename).href, format: 'commonjs', shortCircuit: true };
  },
});

const agent = new http.Agent({ keepAlive: true });
let posted = Promise.resolve();

function call(method, path, body = '', headers = {}) {
  return new Promise((resolve, reject) => {
    const url = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/${path}`;
    http.request(url, { method, agent, headers }, async (response) => {
      try {
        const chunks = await response.toArray();
        resolve({ bodyJson: Buffer.concat(chunks).toString(), headers: response.headers });
      } catch (error) {
        reject(error);
      }
    }).on('error', reject).end(body);
  });
}

// The addon posts synchronously; here the next request waits for the post instead.
exports.next = () => posted.then(() => call('GET', 'next'));
exports.done = (requestId, body) => {
  posted = call('POST', `${requestId}/response`, body);
};
exports.error = (requestId, body) => {
  posted = call('POST', `${requestId}/error`, body);
};
