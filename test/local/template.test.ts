import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ApplicationLogLevel, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type Assembly, readAssembly } from '../../local/assembly';
import { type ApiModel, readTemplate } from '../../local/template';

const outdir = mkdtempSync(join(tmpdir(), 'template-'));
afterAll(() => rmSync(outdir, { recursive: true }));

/** An assembly that the gateway runs, as the CDK writes it. */
function synthesize(): Assembly {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Chat');
  const lambda = (id: string, props: object = {}) => new LambdaFunction(stack, id, {
    code: Code.fromAsset(join(__dirname, 'functions')), handler: 'chat.integration', runtime: Runtime.NODEJS_24_X, ...props,
  });
  const routes = lambda('Routes');
  const authorizer = lambda('Authorizer', {
    handler: 'chat.authorizer',
    timeout: Duration.seconds(7),
    memorySize: 256,
    environment: { REGION: stack.region },
    logGroup: new LogGroup(stack, 'Log'),
    loggingFormat: LoggingFormat.JSON,
    applicationLogLevelV2: ApplicationLogLevel.WARN,
  });
  const api = new WebSocketApi(stack, 'Api', {
    connectRouteOptions: {
      integration: new WebSocketLambdaIntegration('Connect', routes),
      authorizer: new WebSocketLambdaAuthorizer('Authorizer', authorizer, {
        identitySource: ['route.request.querystring.authorization', 'route.request.header.X-Token'],
      }),
    },
    defaultRouteOptions: { integration: new WebSocketLambdaIntegration('Message', routes), returnResponse: true },
    disconnectRouteOptions: { integration: new WebSocketLambdaIntegration('Disconnect', routes) },
  });
  new WebSocketStage(stack, 'Prod', { webSocketApi: api, stageName: 'prod', autoDeploy: true });
  app.synth();
  return readAssembly(outdir);
}

const assembly = synthesize();
const logicalId = (type: string, beginning = ''): string =>
  Object.keys(assembly.resources).find((id) => assembly.resources[id].Type === type && id.startsWith(beginning))!;

/** Reads the assembly after an edit of its resources. */
function read(edit: (resources: any) => void = () => {}): ApiModel {
  const resources = structuredClone(assembly.resources);
  edit(resources);
  return readTemplate({ resources, assets: assembly.assets });
}

function problemsOf(edit: (resources: any) => void): string[] {
  try {
    read(edit);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

test('reads what the CDK writes', () => {
  const api = read();
  expect(api).toMatchObject({ arn: `arn:aws:execute-api:us-east-1:123456789012:${api.id}`, routeSelector: 'action', stages: ['prod'] });
  expect([...api.routes.keys()]).toEqual(['$connect', '$disconnect', '$default']);
  expect(api.routes.get('$default')).toMatchObject({ returnsResponse: true, function: { handler: 'chat.integration' } });
  expect(api.routes.get('$default')).not.toHaveProperty('authorizer');
  expect(api.routes.get('$connect')).toMatchObject({
    returnsResponse: false,
    authorizer: {
      identitySources: [{ place: 'querystring', name: 'authorization' }, { place: 'header', name: 'X-Token' }],
      sourceArn: expect.stringMatching(`^${api.arn}/authorizers/\\w+$`),
      function: {
        logicalId: logicalId('AWS::Lambda::Function', 'Authorizer'),
        handler: 'chat.authorizer',
        taskRoot: expect.stringMatching(`^${outdir}/asset\\.`),
        environment: { REGION: 'us-east-1' },
        timeoutSeconds: 7,
        memoryMb: 256,
        logFormat: 'JSON',
        logLevel: 'WARN',
        logGroup: logicalId('AWS::Logs::LogGroup'),
      },
    },
  });
  expect(api.routes.get('$connect')!.function).toMatchObject({ timeoutSeconds: 3, memoryMb: 128, logFormat: 'Text', environment: {} });
});

test('reads the permissions that the CDK grants', () => {
  const { arn, routes, permissions } = read();
  const { authorizer, function: lambda } = routes.get('$connect')!;
  expect(permissions).toContainEqual(expect.objectContaining({ functionArn: authorizer!.function.arn, sourceArn: authorizer!.sourceArn }));
  expect(permissions).toContainEqual(expect.objectContaining({ functionArn: lambda.arn, sourceArn: `${arn}/*$connect` }));
});

test.each([
  ['of another service', { Principal: 'sns.amazonaws.com' }],
  ['for another action', { Action: 'lambda:InvokeFunctionUrl' }],
])('a permission %s grants nothing', (_, properties) => {
  const id = logicalId('AWS::Lambda::Permission');
  expect(read((resources) => Object.assign(resources[id].Properties, properties)).permissions).toHaveLength(read().permissions.length - 1);
});

const API = 'AWS::ApiGatewayV2::Api';
const AUTHORIZER = 'AWS::ApiGatewayV2::Authorizer';
const INTEGRATION = 'AWS::ApiGatewayV2::Integration';
const ROUTE = 'AWS::ApiGatewayV2::Route';
const STAGE = 'AWS::ApiGatewayV2::Stage';
const FUNCTION = 'AWS::Lambda::Function';
const PERMISSION = 'AWS::Lambda::Permission';

test.each<[string, object, string]>([
  [INTEGRATION, { IntegrationType: 'MOCK' }, 'IntegrationType must be AWS_PROXY to a Lambda function, got MOCK'],
  [INTEGRATION, { IntegrationUri: 'https://example.com' }, 'https://example.com is no Lambda function of this template that runs here'],
  [INTEGRATION, { CredentialsArn: 'arn:aws:iam::1:role/x' }, 'CredentialsArn cannot be followed here'],
  [AUTHORIZER, { AuthorizerType: 'JWT' }, 'AuthorizerType of a WebSocket API must be REQUEST, got JWT'],
  [AUTHORIZER, { AuthorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/x/invocations' }, 'is no Lambda function of this template'],
  [AUTHORIZER, { AuthorizerCredentialsArn: 'arn:aws:iam::1:role/x' }, 'AuthorizerCredentialsArn cannot be followed here'],
  [AUTHORIZER, { IdentitySource: ['stageVariables.token'] }, 'identity source stageVariables.token cannot be read here'],
  [AUTHORIZER, { IdentitySource: ['context.identity.sourceIp'] }, 'identity source context.identity.sourceIp cannot be read here'],
  [AUTHORIZER, { ApiId: 'other' }, 'ApiId names no API of this template that runs here'],
  [ROUTE, { AuthorizationType: 'AWS_IAM' }, 'AuthorizationType must be NONE or CUSTOM, got AWS_IAM'],
  [ROUTE, { AuthorizerId: 'other' }, 'AuthorizerId names no authorizer that runs here'],
  [ROUTE, { RouteKey: 'echo' }, 'only $connect takes an authorizer'],
  [ROUTE, { Target: 'integrations/other' }, 'Target names no integration that runs here'],
  [ROUTE, { ApiKeyRequired: true }, 'ApiKeyRequired cannot be followed here'],
  [API, { ProtocolType: 'HTTP' }, 'ProtocolType must be WEBSOCKET, got HTTP'],
  [API, { RouteSelectionExpression: '$request.header.x' }, 'RouteSelectionExpression must be like $request.body.action, got $request.header.x'],
  [STAGE, { AutoDeploy: false }, 'only stages with AutoDeploy run here'],
  [STAGE, { StageVariables: { a: 'b' } }, 'StageVariables cannot be followed here'],
  [FUNCTION, { Runtime: 'python3.14' }, 'Runtime must be nodejs24.x, got python3.14'],
  [FUNCTION, { Code: { ZipFile: 'exports.handler' } }, 'its code is no asset of this assembly'],
  [FUNCTION, { Layers: ['arn'] }, 'Layers cannot be followed here'],
  [FUNCTION, { Environment: { Variables: { QUEUE: { Ref: 'Queue' } } } }, 'Ref to Queue (no resource of this template) is not resolved here'],
  [PERMISSION, { SourceAccount: '123456789012' }, 'SourceAccount cannot be followed here'],
])('fails on %s with %j', (type, properties, reason) => {
  // The $connect route is the one that has an authorizer.
  const id = logicalId(type, type === ROUTE ? 'ApiconnectRoute' : '');
  const problems = problemsOf((resources) => Object.assign(resources[id].Properties, properties));
  expect(problems.find((problem) => problem.includes(`- ${id} (${type}): `))).toContain(reason);
});

test('fails on resources that it does not know, and on conditions', () => {
  expect(() => read((resources) => { resources.Queue = { Type: 'AWS::SQS::Queue' }; }))
    .toThrow('- Queue (AWS::SQS::Queue): this type of resource does not run here');
  const id = logicalId(STAGE);
  expect(() => read((resources) => { resources[id].Condition = 'IsProd'; })).toThrow(`- ${id} (${STAGE}): Condition IsProd is not evaluated here`);
});

test('fails on more than one API, and on none', () => {
  expect(() => read((resources) => { resources.Second = resources[logicalId(API)]; })).toThrow('one WebSocket API that runs here, the template has 2');
  expect(() => readTemplate({ resources: {}, assets: new Map() })).toThrow('the template has 0');
});

test('fails without a stage', () => {
  const id = logicalId(STAGE);
  expect(() => read((resources) => delete resources[id])).toThrow('the API has no stage that runs here');
});

test('fails with all problems at once', () => {
  expect(() => read((resources) => {
    resources.Queue = { Type: 'AWS::SQS::Queue' };
    resources.Topic = { Type: 'AWS::SNS::Topic' };
  })).toThrow(/Queue .*\n.*Topic /);
});

test('fails on an app of several stacks', () => {
  const several = mkdtempSync(join(outdir, 'several-'));
  const app = new App({ outdir: several });
  new Stack(app, 'One');
  new Stack(app, 'Two');
  app.synth();
  expect(() => readAssembly(several)).toThrow('an app of one stack, got One, Two');
});
