import { setTimeout as delay } from 'node:timers/promises';
import { eventually, functionModel } from './function-model';
import { LambdaFunction } from '../../local/lambda-function';
import type { FunctionModel } from '../../local/template';

const functions: LambdaFunction[] = [];
const lines: string[] = [];

function start(handler: string, overrides: Partial<FunctionModel> = {}): LambdaFunction {
  const lambda = new LambdaFunction(functionModel(handler, overrides), { NODE_EXTRA_CA_CERTS: '' }, (_, line) => lines.push(line));
  functions.push(lambda);
  return lambda;
}

beforeEach(() => lines.splice(0));
afterEach(() => Promise.all(functions.splice(0).map((lambda) => lambda.stop())));

test.each<[string, unknown]>([
  ['outcomes.returns', { n: 1, text: 'ä\n', list: [null] }],
  ['outcomes.returnsUndefined', null],
  ['outcomes.returnsUndefinedFields', { kept: 1 }],
])('%s gives %j', async (handler, expected) => {
  await expect(start(handler).invoke({ n: 1, text: 'ä\n', list: [null] })).resolves.toEqual(expected);
});

test.each([
  ['outcomes.throws', 'TypeError', 'thrown'],
  ['outcomes.throwsSynchronously', 'TypeError', 'thrown'],
  ['outcomes.throwsText', 'string', 'text'],
  ['outcomes.throwsUnauthorized', 'Error', 'Unauthorized'],
  ['outcomes.returnsBigInt', 'Runtime.JSONStringifyError', 'Unable to stringify response body'],
  ['outcomes.exits', 'Runtime.ExitError', expect.stringMatching(/^RequestId: \S+ Error: Runtime exited with error: exit status 3$/)],
  ['outcomes.callsBack', 'Runtime.CallbackHandlerDeprecated', expect.stringContaining('callback')],
  ['outcomes.absent', 'Runtime.HandlerNotFound', expect.stringContaining('outcomes.absent is undefined or not exported')],
  ['outcomes.notAFunction', 'Runtime.HandlerNotFound', expect.stringContaining('outcomes.notAFunction is not a function')],
  ['absent.handler', 'Runtime.ImportModuleError', expect.stringContaining("Cannot find module 'absent'")],
  ['fails-to-load.handler', 'Error', expect.stringContaining('no start')],
  ['fails-to-import.handler', 'Error', expect.stringContaining('absent.mjs')],
  ['fails-to-parse.handler', 'Runtime.UserCodeSyntaxError', expect.stringContaining('SyntaxError')],
])('fails when the handler is %s', async (handler, errorType, message) => {
  await expect(start(handler).invoke({})).rejects.toMatchObject({ errorType, message });
});

test('fails when the function takes longer than its timeout', async () => {
  await expect(start('outcomes.hangs', { timeoutSeconds: 0.3 }).invoke({})).rejects.toMatchObject({
    errorType: 'Sandbox.Timedout', message: expect.stringContaining('Task timed out after 0.30 seconds'),
  });
  expect(lines).toContainEqual(expect.stringContaining('Task timed out after 0.30 seconds'));
});

test('a new process follows one that exited', async () => {
  const lambda = start('outcomes.exitsThrowsOrReturns');
  const before = await lambda.invoke({});
  await expect(lambda.invoke({ exit: true })).rejects.toMatchObject({ errorType: 'Runtime.ExitError' });
  expect(await lambda.invoke({})).not.toBe(before);
});

test('a throw leaves the process as it is, and sequential invocations share it', async () => {
  const lambda = start('outcomes.exitsThrowsOrReturns');
  const before = await lambda.invoke({});
  await expect(lambda.invoke({ throw: true })).rejects.toMatchObject({ errorType: 'TypeError' });
  expect(await lambda.invoke({})).toBe(before);
});

test('concurrent invocations have a process each, four at most', async () => {
  const lambda = start('outcomes.pidAfterAMoment');
  const pids = await Promise.all(Array.from({ length: 6 }, () => lambda.invoke({})));
  expect(new Set(pids).size).toBe(4);
  expect(lambda.invocations).toBe(6);
});

test('the environment is what Lambda defines and the template says, and nothing of this process', async () => {
  process.env.OF_THIS_PROCESS = 'leaked';
  const environment = await start('outcomes.environment', { environment: { JWT_ISSUER: 'https://example.com/' } }).invoke({}) as NodeJS.ProcessEnv;
  delete process.env.OF_THIS_PROCESS;
  expect(environment).toMatchObject({ AWS_REGION: 'us-east-1', JWT_ISSUER: 'https://example.com/', LAMBDA_TASK_ROOT: expect.any(String) });
  expect(Object.keys(environment).filter((name) => !/^(_HANDLER|AWS_.*|LAMBDA_TASK_ROOT|LANG|TZ|JWT_ISSUER|NODE_EXTRA_CA_CERTS)$/.test(name))).toEqual([]);
});

test('the context is that of a Lambda invocation', async () => {
  expect(await start('outcomes.context').invoke({})).toMatchObject({
    functionName: 'function-name',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:function-name',
    memoryLimitInMB: '128',
    awsRequestId: expect.any(String),
    remaining: expect.any(Number),
  });
});

test('what the function writes is delivered line by line, at the level and in the format of its logging configuration', async () => {
  await start('outcomes.writes').invoke({});
  await eventually(() => lines.length >= 3);
  expect(lines).toContain('{"outcome":"allow"}');
  expect(lines).toContain('to stderr');
  expect(lines.filter((line) => line.includes('through console')).map((line) => JSON.parse(line))).toMatchObject([{ level: 'INFO' }]);
  expect(lines.join()).not.toContain('below the level');
});

test('stopping ends the processes, and an invocation that is under way', async () => {
  const lambda = start('outcomes.hangs');
  const outcome = lambda.invoke({}).catch((error) => error.errorType);
  await delay(200);
  await lambda.stop();
  expect(await outcome).toBe('Sandbox.Stopped');
});

test('stopping at once leaves no process behind', async () => {
  const lambda = start('outcomes.pid');
  const outcome = lambda.invoke({}).catch((error) => error.errorType);
  await lambda.stop();
  expect(await outcome).toBe('Sandbox.Stopped');
  await eventually(() => !process.getActiveResourcesInfo().includes('TCPServerWrap')); // its Runtime API is gone, too
});

test('a process that ends while it posts its answer fails the invocation, and nothing else', async () => {
  await expect(start('outcomes.exitsWhilePosting').invoke({})).rejects.toMatchObject({ errorType: 'Runtime.ExitError' });
});
