import { once } from 'node:events';
import { eventually, functionModel } from './function-model';
import { connect, send } from '../../local/client';
import { Gateway, type Handshake } from '../../local/gateway';
import { Invoker } from '../../local/invoker';
import { LambdaFunction } from '../../local/lambda-function';
import type { ApiModel, FunctionModel, IdentitySource, PermissionModel, RouteModel } from '../../local/template';

const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234';
const QUERY: IdentitySource = { place: 'querystring', name: 'authorization' };

const named = (name: string): FunctionModel => functionModel(`chat.${name}`, { logicalId: name, arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}` });
const authorizer = new LambdaFunction(named('authorizer'), {}, () => {});
const showsEvent = new LambdaFunction(named('showsEvent'), {}, () => {});
const integration = new LambdaFunction(named('integration'), {}, () => {});
const gateways: Gateway[] = [];
const handshakes: Handshake[] = [];

const route = (key: string, overrides: Partial<RouteModel> = {}): [string, RouteModel] =>
  [key, { key, function: integration.model, returnsResponse: true, ...overrides }];
const connectRoute = (identitySources: IdentitySource[] = [QUERY], lambda = authorizer) =>
  route('$connect', { authorizer: { function: lambda.model, identitySources, sourceArn: `${ARN}/authorizers/def` } });
const PERMISSIONS: PermissionModel[] = [
  { functionArn: authorizer.model.arn, sourceArn: `${ARN}/authorizers/def` },
  { functionArn: showsEvent.model.arn, sourceArn: `${ARN}/authorizers/def` },
  { functionArn: integration.model.arn, sourceArn: `${ARN}/*` },
];

/** Starts a gateway and gives the URL of its stage. */
async function start(overrides: Partial<ApiModel> = {}): Promise<string> {
  const functions = [authorizer, showsEvent, integration];
  const api: ApiModel = {
    id: 'abcdef1234',
    arn: ARN,
    routeSelector: 'action',
    stages: ['prod'],
    routes: new Map([connectRoute(), route('$default'), route('echo'), route('oneWay', { returnsResponse: false })]),
    permissions: PERMISSIONS,
    functions: functions.map(({ model }) => model),
    ...overrides,
  };
  const gateway = new Gateway(api, new Invoker(functions, api.permissions), (handshake) => handshakes.push(handshake));
  gateways.push(gateway);
  await gateway.start();
  return gateway.url('prod');
}

beforeEach(() => handshakes.splice(0));
afterEach(() => Promise.all(gateways.splice(0).map((gateway) => gateway.stop())));
afterAll(() => Promise.all([authorizer, showsEvent, integration].map((lambda) => lambda.stop())));

describe('the authorizer', () => {
  test.each([
    ['allow', 101, 'open'],
    ['stage', 101, 'open'],
    ['methodAndPath', 403, 'does not allow'],
    ['deny', 403, 'does not allow'],
    ['condition', 500, 'Condition, which is not evaluated here'],
    ['longResource', 500, 'over 512 characters'],
    ['noPrincipal', 500, 'no principalId'],
    ['noPolicy', 500, 'no policyDocument'],
    ['nothing', 500, 'no principalId'],
    ['objectInContext', 500, 'context has roles'],
    ['listInContext', 500, 'context has roles'],
    ['nullInContext', 500, 'context has role,'],
    ['tooLarge', 500, 'over 8192 bytes'],
    ['unauthorized', 401, 'threw Unauthorized'],
    ['throws', 500, 'something else'],
  ])('answers %s: %d', async (answer, status, reason) => {
    const before = integration.invocations;
    expect(await connect(`${await start()}?authorization=${answer}`)).toMatchObject({ status });
    expect(handshakes).toEqual([{ connectionId: expect.stringMatching(/=$/), status, reason: expect.stringContaining(reason) }]);
    expect(integration.invocations - before).toBe(status === 101 ? 1 : 0);
  });

  test.each([
    [401, 'unauthorized', 'Unauthorized'],
    [403, 'deny', 'Forbidden'],
    [500, 'throws', 'Internal server error'],
  ])('a client is told %d and nothing about why', async (status, answer, message) => {
    expect(await connect(`${await start()}?authorization=${answer}`)).toMatchObject({ status, body: { message, connectionId: handshakes[0].connectionId } });
  });

  test.each([
    ['missing', ''],
    ['empty', '?authorization='],
    ['under a name in another case', '?Authorization=allow'],
  ])('is not invoked when the identity source is %s: 401', async (_, query) => {
    const before = authorizer.invocations;
    expect(await connect(`${await start()}${query}`)).toMatchObject({ status: 401 });
    expect(authorizer.invocations).toBe(before);
  });

  test('is invoked only when all identity sources are there; header names have no case', async () => {
    const url = await start({ routes: new Map([connectRoute([QUERY, { place: 'header', name: 'X-Token' }])]) });
    expect(await connect(`${url}?authorization=allow`)).toMatchObject({ status: 401 });
    expect(await connect(`${url}?authorization=allow`, [], { headers: { 'x-token': 'x' } })).toMatchObject({ status: 101 });
  });

  test('is always invoked when there are no identity sources', async () => {
    const before = showsEvent.invocations;
    expect(await connect(await start({ routes: new Map([connectRoute([], showsEvent)]) }))).toMatchObject({ status: 101 });
    expect(showsEvent.invocations).toBe(before + 1);
  });

  test('is not invoked without a permission whose source ARN matches: 500', async () => {
    const before = authorizer.invocations;
    const other = { functionArn: authorizer.model.arn, sourceArn: `${ARN}/authorizers/other` };
    expect(await connect(`${await start({ permissions: [other, PERMISSIONS[2]] })}?authorization=allow`)).toMatchObject({ status: 500 });
    expect(authorizer.invocations).toBe(before);
    expect(handshakes[0].reason).toBe(`no permission of authorizer has a source ARN that matches ${ARN}/authorizers/def`);
  });

  test("gets an event of the shape of AWS's sample", async () => {
    const url = await start({ routes: new Map([connectRoute([], showsEvent), route('$default')]) });
    const { socket } = await connect(`${url}?a=1&a=2&b=%20%2B&__proto__=x`, [], { headers: { 'X-Own': ['1', '2'] as unknown as string } });
    const { requestContext } = await send(socket, 'text');
    const event = JSON.parse(requestContext.authorizer.event);
    expect(event).toMatchObject({
      type: 'REQUEST',
      methodArn: `${ARN}/prod/$connect`,
      headers: { 'Host': 'abcdef1234.execute-api.us-east-1.amazonaws.com', 'Sec-WebSocket-Version': '13', 'X-Own': '2', 'X-Forwarded-Proto': 'https' },
      multiValueHeaders: { 'Host': ['abcdef1234.execute-api.us-east-1.amazonaws.com'], 'X-Own': ['1', '2'] },
      queryStringParameters: { a: '2', b: ' +' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: [' +'] },
      stageVariables: {},
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        messageDirection: 'IN',
        stage: 'prod',
        apiId: 'abcdef1234',
        domainName: 'abcdef1234.execute-api.us-east-1.amazonaws.com',
        identity: { sourceIp: '127.0.0.1' },
        connectionId: handshakes[0].connectionId,
        connectedAt: expect.any(Number),
        requestTimeEpoch: expect.any(Number),
        requestTime: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        requestId: expect.any(String),
        extendedRequestId: expect.any(String),
      },
    });
    expect(Object.keys(event)).not.toContain('body');
    expect(Object.keys(event)).not.toContain('isBase64Encoded');
  });
});

describe('the integration of $connect', () => {
  test.each([[200, 101], [204, 101], [302, 302], [403, 403], [500, 500]])('answers %d: %d', async (statusCode, status) => {
    expect(await connect(`${await start()}?authorization=allow&statusCode=${statusCode}`)).toMatchObject({ status });
  });

  test('is not invoked without a permission: 502', async () => {
    const before = integration.invocations;
    expect(await connect(`${await start({ permissions: PERMISSIONS.slice(0, 2) })}?authorization=allow`)).toMatchObject({ status: 502 });
    expect(integration.invocations).toBe(before);
  });

  test('chooses the subprotocol', async () => {
    const { socket } = await connect(`${await start()}?authorization=allow&subprotocol=b`, ['a', 'b']);
    expect(socket.protocol).toBe('b');
  });

  test('fails when the client offers subprotocols and it chooses none', async () => {
    const url = await start();
    await expect(connect(`${url}?authorization=allow`, ['a', 'b'])).rejects.toThrow('Server sent no subprotocol');
  });
});

describe('an open connection', () => {
  test('carries the context of the authorizer, as text, to each route', async () => {
    const { socket } = await connect(`${await start()}?authorization=allow`);
    const { connectionId } = handshakes[0];
    const authorized = { principalId: 'alice', text: 'ä', number: '1.5', boolean: 'false', integrationLatency: expect.any(Number) };
    expect(await send(socket, 'text')).toMatchObject({
      body: 'text',
      isBase64Encoded: false,
      requestContext: { routeKey: '$default', eventType: 'MESSAGE', connectionId, messageId: expect.any(String), authorizer: authorized },
    });
    expect(await send(socket, '{"action":"echo"}')).toMatchObject({ requestContext: { routeKey: 'echo', authorizer: authorized } });
  });

  test.each(['{"action":"absent"}', '{"action":"$connect"}', '{"action":{}}', '{}', 'null', '[', ''])('sends %j to $default', async (frame) => {
    const { socket } = await connect(`${await start()}?authorization=allow`);
    expect(await send(socket, frame)).toMatchObject({ requestContext: { routeKey: '$default' } });
  });

  test('gets no response from a route that returns none', async () => {
    const { socket } = await connect(`${await start()}?authorization=allow`);
    const frames: string[] = [];
    socket.on('message', (data) => frames.push(JSON.parse(String(data)).body));
    socket.send('{"action":"oneWay"}');
    await send(socket, 'after');
    await send(socket, 'and after');
    expect(frames).toEqual(['after', 'and after']);
  });

  test('is told of a failed integration', async () => {
    const { socket } = await connect(`${await start()}?authorization=allow`);
    expect(await send(socket, 'throw')).toEqual({
      message: 'Internal server error', connectionId: handshakes[0].connectionId, requestId: expect.any(String),
    });
  });

  test('is told of a frame that no route takes', async () => {
    const { socket } = await connect(`${await start({ routes: new Map([connectRoute()]) })}?authorization=allow`);
    expect(await send(socket, 'text')).toMatchObject({ message: 'Forbidden' });
  });

  test('ends at $disconnect', async () => {
    const { socket } = await connect(`${await start({ routes: new Map([connectRoute(), route('$disconnect')]) })}?authorization=allow`);
    const before = integration.invocations;
    socket.close(1000);
    await eventually(() => integration.invocations > before);
  });

  test('ends when a message is over the limit', async () => {
    const { socket } = await connect(`${await start()}?authorization=allow`);
    socket.send('x'.repeat(128 * 1024 + 1));
    expect((await once(socket, 'close'))[0]).toBe(1009);
  });
});

test('a stage that does not exist: 403', async () => {
  const url = await start();
  expect(await connect(`${url.replace('/prod', '/dev')}?authorization=allow`)).toMatchObject({ status: 403 });
});

test('a URL over the limit: 414', async () => {
  expect(await connect(`${await start()}?authorization=allow&x=${'x'.repeat(4096)}`)).toMatchObject({ status: 414 });
});

test('without $connect every connection is admitted', async () => {
  expect(await connect(await start({ routes: new Map([route('$default')]) }))).toMatchObject({ status: 101 });
});

test('a request that is no WebSocket handshake: 426', async () => {
  expect((await fetch((await start()).replace('ws:', 'http:'))).status).toBe(426);
});

test('stopping does not wait for a handshake that is under way', async () => {
  const before = authorizer.invocations;
  const outcome = connect(`${await start()}?authorization=hangs`).catch((error) => error.code);
  await eventually(() => authorizer.invocations > before);
  await gateways[0].stop();
  expect(await outcome).toBe('ECONNRESET');
  expect(handshakes).toEqual([]);
});
