import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { fetchKeys } from '../../lambda/fetch-keys';
import { KeyServer } from '../support/key-server';
import { Signer } from '../support/signer';

const jwks = { keys: [Signer.rsa().jwk] };
let server: KeyServer;

beforeAll(async () => { server = await KeyServer.start(); });
beforeEach(() => { server.requests = 0; });
afterAll(() => server.stop());

const fetch = () => fetchKeys(server.url, 1000);

test('fetches the keys', async () => {
  server.serve(jwks);
  expect((await fetch()).keys).toMatchObject([{ kid: 'rsa-1', alg: 'RS256' }]);
});

test.each<[string | undefined, string | undefined, number | undefined]>([
  [undefined, undefined, undefined],
  ['public, max-age=600', undefined, 600_000],
  ['public, max-age=600', '100', 500_000],
  ['MAX-AGE="60"', undefined, 60_000],
  ['s-maxage=5, max-age=7', undefined, 7000],
  ['max-age=soon', undefined, undefined],
  ['no-store', undefined, 0],
  ['no-cache, max-age=600', undefined, 0],
])('Cache-Control %s and Age %s', async (control, age, maxAge) => {
  server.serve(jwks, { ...(control && { 'cache-control': control }), ...(age && { age }) });
  expect((await fetch()).maxAge).toBe(maxAge);
});

test.each([304, 404, 429, 500])('fails for status %d', async (status) => {
  server.answer = (_, response) => response.writeHead(status).end();
  await expect(fetch()).rejects.toThrow(`status_${status}`);
  expect(server.requests).toBe(1);
});

test('does not follow a redirect', async () => {
  server.answer = (request, response) => (request.url === '/keys'
    ? response.writeHead(302, { location: '/elsewhere' }).end()
    : response.writeHead(200).end(JSON.stringify(jwks)));
  await expect(fetch()).rejects.toThrow('status_302');
});

test.each([
  ['HTML', '<html>', 'not_json'],
  ['nothing', '', 'not_json'],
  ['no keys', '{"keys":[]}', 'no_usable_key'],
  ['more than 256 KB', `{"keys":[],"pad":"${'x'.repeat(256 * 1024)}"}`, 'too_large'],
])('fails for %s', async (_, body, code) => {
  server.serve(body);
  await expect(fetch()).rejects.toThrow(code);
});

test('fails for a compressed body, which could be a bomb', async () => {
  server.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(jwks)));
  await expect(fetch()).rejects.toThrow('content_encoding');
});

test.each<[string, NonNullable<KeyServer['answer']>]>([
  ['hangs', () => {}],
  ['hangs after the headers', (_, response) => response.writeHead(200).write('{')],
])('fails in time where the provider %s', async (_, answer) => {
  server.answer = answer;
  await expect(fetchKeys(server.url, 300)).rejects.toThrow('timeout');
});

test('fails where the provider changes the protocol', async () => {
  server.answer = (request) => request.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
  await expect(fetch()).rejects.toThrow('status_101');
});

test('fails for a body that is cut short', async () => {
  server.answer = (_, response) => response.writeHead(200, { 'content-length': 1000 }).write('{"keys":', () => response.socket!.destroy());
  await expect(fetch()).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('the second attempt has only what is left of the deadline', async () => {
  server.answer = (request, response) => {
    const act = server.requests === 1 ? () => request.socket.destroy() : () => response.writeHead(200).end(JSON.stringify(jwks));
    setTimeout(act, 400);
  };
  await expect(fetchKeys(server.url, 600)).rejects.toThrow('timeout'); // each attempt alone would be in time
  expect(server.requests).toBe(2);
});

test('tries a broken connection once more', async () => {
  server.answer = (request, response) => (server.requests === 1 ? request.socket.destroy() : response.writeHead(200).end(JSON.stringify(jwks)));
  expect((await fetch()).keys).toHaveLength(1);
  server.answer = (request) => request.socket.destroy();
  server.requests = 0;
  await expect(fetch()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(server.requests).toBe(2);
});

test('fails where nobody listens', async () => {
  await expect(fetchKeys('https://127.0.0.1:1/keys', 1000)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('fails for a certificate that nobody trusts, also where the environment says not to care', async () => {
  // In a process of its own, because jest keeps its environment from Node, and which trusts what Node does.
  const script = `require('./lambda/fetch-keys').fetchKeys('${server.url}', 2000).then(() => console.log('fetched'), ({ code }) => console.log(code))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
    env: { ...process.env, NODE_OPTIONS: '', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  });
  expect(stdout.trim()).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  expect(server.requests).toBe(0);
});

test('fails for a certificate of another host', async () => {
  await expect(fetchKeys(server.url.replace('127.0.0.1', 'localhost'), 1000)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});
