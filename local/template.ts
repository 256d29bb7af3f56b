import type { Assembly } from './assembly';
import { ACCOUNT, REGION, resolve } from './intrinsics';
import { unsupported } from './supported';

/** A Lambda function of the template. */
export interface FunctionModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** The directory of its code: an asset of the assembly, unedited. */
  readonly taskRoot: string;
  readonly handler: string;
  readonly environment: Record<string, string>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly logGroup: string;
  readonly logFormat: string;
  readonly logLevel?: string;
}

/** Where an authorizer wants its token: `route.request.<place>.<name>`. */
export interface IdentitySource {
  readonly place: 'header' | 'querystring';
  readonly name: string;
}

export interface AuthorizerModel {
  readonly function: FunctionModel;
  readonly identitySources: IdentitySource[];
  /** What a permission of the function must match for API Gateway to invoke it. */
  readonly sourceArn: string;
}

export interface RouteModel {
  readonly key: string;
  readonly function: FunctionModel;
  readonly authorizer?: AuthorizerModel;
  /** Whether the integration's body goes back to the client. */
  readonly returnsResponse: boolean;
}

/** What a resource policy grants to API Gateway. */
export interface PermissionModel {
  readonly functionArn: string;
  readonly sourceArn: string;
}

/** What a gateway needs to know of a template with one WebSocket API. */
export interface ApiModel {
  readonly id: string;
  /** Its execution ARN, without stage and route. */
  readonly arn: string;
  /** The member of a frame's JSON body that names the route. */
  readonly routeSelector: string;
  readonly stages: string[];
  readonly routes: ReadonlyMap<string, RouteModel>;
  readonly permissions: PermissionModel[];
  readonly functions: FunctionModel[];
}

/**
 * Reads the WebSocket API of a synthesized stack.
 *
 * Throws one error that names every resource that the gateway cannot run as the template says, by logical id and with the reason.
 */
export function readTemplate({ resources, assets }: Assembly): ApiModel {
  const problems: string[] = [];

  // Reads the resources of a type; a problem of one is noted, and the others are read on.
  const readAll = <T>(type: string, read: (properties: any, logicalId: string) => T): T[] =>
    Object.entries(resources).filter(([, resource]) => resource.Type === type).flatMap(([logicalId, resource]) => {
      try {
        return unsupported(resource) ? [] : [read(resolve(resource.Properties ?? {}, resources), logicalId)];
      } catch (error) {
        problems.push(`${logicalId} (${type}): ${(error as Error).message}`);
        return [];
      }
    });
  const idOf = (logicalId: string): string => resolve({ Ref: logicalId }, resources);

  for (const [logicalId, resource] of Object.entries(resources)) {
    const reason = unsupported(resource);
    if (reason) problems.push(`${logicalId} (${resource.Type}): ${reason}`);
  }
  const functions = readAll('AWS::Lambda::Function', (properties, logicalId) => readFunction(properties, logicalId, idOf(logicalId), assets));
  const invoked = (uri: string) => {
    const arn = /^arn:aws:apigateway:[^:]*:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
    return found(functions.find((model) => model.arn === arn), `${uri} is no Lambda function of this template that runs here`);
  };

  const apis = readAll('AWS::ApiGatewayV2::Api', (properties, logicalId) => ({
    id: idOf(logicalId),
    arn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${idOf(logicalId)}`,
    ...readApi(properties),
  }));
  if (apis.length !== 1) problems.push(`the gateway serves one WebSocket API that runs here, the template has ${apis.length}`);
  const [api] = apis;
  const readOfApi = <T>(type: string, read: (properties: any, logicalId: string) => T): T[] => readAll(type, (properties, logicalId) => {
    must(properties.ApiId === api?.id, 'ApiId names no API of this template that runs here');
    return read(properties, logicalId);
  });

  const integrations = readOfApi('AWS::ApiGatewayV2::Integration', ({ IntegrationType, IntegrationUri }, logicalId) => {
    must(IntegrationType === 'AWS_PROXY', `IntegrationType must be AWS_PROXY to a Lambda function, got ${IntegrationType}`);
    return { id: idOf(logicalId), function: invoked(IntegrationUri) };
  });
  const authorizers = readOfApi('AWS::ApiGatewayV2::Authorizer', ({ AuthorizerType, AuthorizerUri, IdentitySource: sources = [] }, logicalId) => {
    must(AuthorizerType === 'REQUEST', `AuthorizerType of a WebSocket API must be REQUEST, got ${AuthorizerType}`);
    return {
      id: idOf(logicalId),
      function: invoked(AuthorizerUri),
      identitySources: sources.map(readIdentitySource),
      sourceArn: `${api.arn}/authorizers/${idOf(logicalId)}`,
    };
  });
  const routes = readOfApi('AWS::ApiGatewayV2::Route', (properties): RouteModel => {
    const { RouteKey: key, Target: target, AuthorizationType: authorization = 'NONE', RouteResponseSelectionExpression: response } = properties;
    must(authorization === 'NONE' || authorization === 'CUSTOM', `AuthorizationType must be NONE or CUSTOM, got ${authorization}`);
    must(authorization === 'NONE' || key === '$connect', 'only $connect takes an authorizer');
    const authorizer = authorizers.find(({ id }) => id === properties.AuthorizerId);
    if (authorization === 'CUSTOM') found(authorizer, 'AuthorizerId names no authorizer that runs here');
    must(response === undefined || response === '$default', `RouteResponseSelectionExpression must be $default, got ${response}`);
    const integration = found(integrations.find(({ id }) => target === `integrations/${id}`), 'Target names no integration that runs here');
    return { key, function: integration.function, returnsResponse: response !== undefined, ...(authorization === 'CUSTOM' && { authorizer }) };
  });
  const stages = readOfApi('AWS::ApiGatewayV2::Stage', ({ StageName, AutoDeploy }): string => {
    must(AutoDeploy === true, 'only stages with AutoDeploy run here');
    return StageName;
  });
  if (stages.length === 0) problems.push('the API has no stage that runs here');
  const permissions = readAll('AWS::Lambda::Permission', ({ Action, FunctionName, Principal, SourceArn = '*' }) => ({
    grants: Action === 'lambda:InvokeFunction' && Principal === 'apigateway.amazonaws.com',
    functionArn: functions.find(({ name, arn }) => FunctionName === name || FunctionName === arn)?.arn ?? FunctionName,
    sourceArn: SourceArn,
  })).filter(({ grants }) => grants);

  if (problems.length > 0) throw new Error(`the local run cannot run this template:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  return { ...api, stages, routes: new Map(routes.map((route) => [route.key, route])), permissions, functions };
}

function readApi({ ProtocolType, RouteSelectionExpression: selection }: any) {
  must(ProtocolType === 'WEBSOCKET', `ProtocolType must be WEBSOCKET, got ${ProtocolType}`);
  const routeSelector = /^\$request\.body\.(\w+)$/.exec(selection)?.[1];
  return { routeSelector: found(routeSelector, `RouteSelectionExpression must be like $request.body.action, got ${selection}`) };
}

function readIdentitySource(source: string): IdentitySource {
  const [, place, name] = found(/^route\.request\.(header|querystring)\.([\w.-]+)$/.exec(source), `identity source ${source} cannot be read here`);
  return { place: place as IdentitySource['place'], name };
}

function readFunction(properties: any, logicalId: string, name: string, assets: ReadonlyMap<string, string>): FunctionModel {
  const { Code, Environment, Handler, LoggingConfig = {}, MemorySize = 128, Runtime, Timeout = 3 } = properties;
  must(Runtime === 'nodejs24.x', `Runtime must be nodejs24.x, got ${Runtime}`);
  return {
    logicalId,
    name,
    arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`,
    taskRoot: found(assets.get(Code.S3Key), 'its code is no asset of this assembly'),
    handler: Handler,
    environment: Environment?.Variables ?? {},
    timeoutSeconds: Timeout,
    memoryMb: MemorySize,
    logGroup: LoggingConfig.LogGroup ?? `/aws/lambda/${name}`,
    logFormat: LoggingConfig.LogFormat ?? 'Text',
    logLevel: LoggingConfig.ApplicationLogLevel,
  };
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function found<T>(value: T | null | undefined, otherwise: string): T {
  if (value === undefined || value === null) throw new Error(otherwise);
  return value;
}
