// An authorizer that answers as the query string asks, and an integration that shows what it was given.
const answer = (event, { resource = event.methodArn, ...rest } = {}) => ({
  principalId: 'alice',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: resource }] },
  context: { text: 'ä', number: 1.5, boolean: false },
  ...rest,
});

const answers = {
  allow: answer,
  stage: (event) => answer(event, { resource: event.methodArn.replace('$connect', '*') }),
  methodAndPath: (event) => answer(event, { resource: event.methodArn.replace('$connect', '*/*') }),
  deny: (event) => answer(event, { policyDocument: { Statement: [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource: event.methodArn }] } }),
  condition: (event) => answer(event, { policyDocument: { Statement: [{ ...answer(event).policyDocument.Statement[0], Condition: {} }] } }),
  longResource: (event) => answer(event, { resource: [event.methodArn, event.methodArn.padEnd(513, 'x')] }),
  noPrincipal: (event) => answer(event, { principalId: undefined }),
  noPolicy: (event) => answer(event, { policyDocument: undefined }),
  nothing: () => undefined,
  objectInContext: (event) => answer(event, { context: { roles: { admin: true } } }),
  listInContext: (event) => answer(event, { context: { roles: ['admin'] } }),
  nullInContext: (event) => answer(event, { context: { role: null } }),
  tooLarge: (event) => answer(event, { context: { text: 'x'.repeat(8 * 1024) } }),
  unauthorized: () => { throw new Error('Unauthorized'); },
  hangs: () => new Promise((resolve) => setTimeout(resolve, 3_600_000)),
  throws: () => { throw new Error('something else'); },
};

export const authorizer = async (event) => answers[event.queryStringParameters.authorization](event);

export const showsEvent = async (event) => ({
  principalId: 'alice',
  policyDocument: { Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }] },
  context: { event: JSON.stringify(event) },
});

export const integration = async (event) => {
  if (event.body === 'throw') throw new Error('thrown');
  const { statusCode = '200', subprotocol } = event.queryStringParameters ?? {};
  return {
    statusCode: Number(statusCode),
    headers: subprotocol && { 'sec-websocket-protocol': subprotocol },
    body: JSON.stringify(event),
  };
};
