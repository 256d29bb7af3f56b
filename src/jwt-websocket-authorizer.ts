import { Annotations, Stack } from 'aws-cdk-lib';
import type {
  IWebSocketApi, IWebSocketRouteAuthorizer, IWebSocketStage, WebSocketRouteAuthorizerBindOptions, WebSocketRouteAuthorizerConfig,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { renderEnvironment } from './private/environment';
import { contains, executionArn, stacksOf, stageId } from './private/stages';
import { mistake, requireAudiences, requireBoolean, requireIssuer, requireItems, requireKeyUrl } from './private/validation';
import { createVerifierFunction } from './private/verifier-function';
import { TokenSource } from './token-source';
import type { VerifierFunctionOptions } from './verifier-function-options';

/**
 * Properties of `JwtWebSocketAuthorizer`.
 */
export interface JwtWebSocketAuthorizerProps extends VerifierFunctionOptions {
  /**
   * Where the provider publishes its keys: an https URL that answers a JWK Set (RFC 7517), or a map of PEM
   * certificates by `kid`, as Firebase publishes it.
   *
   * A CDK token is accepted; the function then checks it when it loads.
   */
  readonly jwksUri: string;

  /**
   * The issuer of the tokens: what their claim `iss` must be, character by character (RFC 7519, section 4.1.1).
   *
   * Providers such as Firebase sign the tokens of all their tenants with the same keys: without it, a token of
   * any tenant opens the API, and synthesis warns.
   *
   * @default - tokens of every issuer that signs with these keys, with a warning
   */
  readonly issuer?: string;

  /**
   * Whom the tokens must be meant for: one of these must be in their claim `aud`, or be their `client_id` where
   * they have no `aud`, as Cognito's access tokens.
   *
   * @default - none; then `acceptAnyAudience` must be true
   */
  readonly audiences?: string[];

  /**
   * Accept tokens that are meant for anybody. Only where the provider serves this one API.
   *
   * @default false
   */
  readonly acceptAnyAudience?: boolean;

  /**
   * Refuse tokens whose `exp` has passed, or that have none. Without it, synthesis warns.
   *
   * @default true
   */
  readonly verifyExpiration?: boolean;

  /**
   * The stages that tokens open. `authorize()` adds to them, where the stages come after the API.
   *
   * @default - every stage of each API that this authorizer is attached to
   */
  readonly authorizedApis?: IWebSocketStage[];

  /**
   * Where clients put their token.
   *
   * One source is API Gateway's identity source: without it in the handshake, API Gateway answers 401 and does not
   * invoke the function. API Gateway demands all identity sources that are listed, so with several the list is
   * empty, the function is always invoked, and takes the first source that holds a token.
   *
   * @default [TokenSource.queryString('authorization')]
   */
  readonly tokenSources?: TokenSource[];
}

/**
 * JWT authentication on the `$connect` route of a WebSocket API.
 *
 * API Gateway's own JWT authorizer serves HTTP APIs only. This one is a Lambda authorizer with a verifier that needs
 * no code of yours: it checks signature, expiry, audience and issuer, and keeps the provider's keys.
 *
 * Attach it to a route; it may serve several APIs.
 *
 * @example
 * import { JwtWebSocketAuthorizer } from 'cdk-jwt-websocket-authorizer';
 *
 * const authorizer = new JwtWebSocketAuthorizer(this, 'Authorizer', {
 *   jwksUri: 'https://tenant.eu.auth0.com/.well-known/jwks.json',
 *   issuer: 'https://tenant.eu.auth0.com/',
 *   audiences: ['https://chat.example.com'],
 * });
 *
 * const api = new WebSocketApi(this, 'Api', {
 *   connectRouteOptions: { integration, authorizer },
 * });
 * const stage = new WebSocketStage(this, 'Prod', { webSocketApi: api, stageName: 'prod', autoDeploy: true });
 * authorizer.authorize(stage); // optional: tokens open this stage only
 */
export class JwtWebSocketAuthorizer extends Construct implements IWebSocketRouteAuthorizer {
  /**
   * The function that decides.
   */
  public readonly handler: IFunction;

  /**
   * Where the function logs its decisions.
   */
  public readonly logGroup: ILogGroup;

  private readonly identitySource: string[];
  /** By execution ARN. */
  private readonly stages = new Map<string, IWebSocketStage>();
  private readonly bindings: { readonly api: IWebSocketApi; readonly stack: Stack; readonly authorizer: WebSocketLambdaAuthorizer }[] = [];

  /**
   * @param scope to create the function in
   * @param id of the construct
   * @param props whom to trust
   * @throws Error that names the prop, the rule, a valid example and the value, for a prop that is not valid
   */
  constructor(scope: Construct, id: string, props: JwtWebSocketAuthorizerProps) {
    super(scope, id);

    const verifyExpiration = requireBoolean('verifyExpiration', props.verifyExpiration ?? true);
    const tokenSources = bindTokenSources(props.tokenSources ?? [TokenSource.queryString()]);
    const environment = renderEnvironment({
      jwksUri: requireKeyUrl(props.jwksUri),
      issuer: props.issuer === undefined ? undefined : requireIssuer(props.issuer),
      audiences: requireAudiences(props.audiences, requireBoolean('acceptAnyAudience', props.acceptAnyAudience ?? false)),
      verifyExpiration,
      tokenSources,
    }, () => [...this.stages.keys()]);

    this.identitySource = tokenSources.length === 1 ? [tokenSources[0].identitySource] : [];
    ({ handler: this.handler, logGroup: this.logGroup } = createVerifierFunction(this, environment, props));
    if (props.authorizedApis !== undefined) {
      requireItems('authorizedApis', 'a list of stages such as [stage], or left out: tokens then open every stage of each attached API', props.authorizedApis);
      props.authorizedApis.forEach((stage) => this.authorize(stage));
    }

    if (props.issuer === undefined) {
      this.warn('anyIssuer', "no issuer: a token of every issuer that signs with the keys at jwksUri is accepted. Set issuer, such as 'https://tenant.example.com/'.");
    }
    if (!verifyExpiration) {
      this.warn('noExpiration', 'verifyExpiration is false: a token opens the API for ever, also a stolen one.');
    }
    this.node.addValidation({ validate: () => this.validate() });
  }

  /**
   * Let tokens open this stage, and no stage that is not listed.
   *
   * The same stage twice is no error.
   *
   * @param stage of an API that this authorizer is attached to
   * @throws Error where function and API would each need the other's stack deployed first
   */
  public authorize(stage: IWebSocketStage): void {
    const arn = executionArn(stage);
    if (this.stages.has(arn)) {
      return;
    }
    this.stages.set(arn, stage);
    this.refuseCycles();

    // In this stack, although the stage may be in another: the function's environment names the stage already.
    this.handler.addPermission(stageId(stage, Stack.of(this)), {
      scope: this,
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: arn,
    });
  }

  /**
   * Called by the route that this authorizer is attached to.
   *
   * @param options of the route
   * @throws Error where function and API would each need the other's stack deployed first
   */
  public bind(options: WebSocketRouteAuthorizerBindOptions): WebSocketRouteAuthorizerConfig {
    const api = options.route.webSocketApi;
    const stack = Stack.of(options.scope);
    const own = Stack.of(this);
    if (Stack.of(options.route) === own && !contains(own, stack)) {
      throw new Error(`the $connect route is in the stack of this authorizer (${own.node.path}), its API in another (${stack.node.path}), `
        + `and each stack would need the other first. ${WAYS_OUT}`);
    }
    let binding = this.bindings.find((existing) => existing.api === api);
    if (!binding) {
      // One per API, because WebSocketLambdaAuthorizer refuses a second one.
      binding = { api, stack, authorizer: new WebSocketLambdaAuthorizer('JwtAuthorizer', this.handler, { identitySource: this.identitySource }) };
      this.bindings.push(binding);
      this.refuseCycles();
    }
    return binding.authorizer.bind(options);
  }

  /** A stage in the function's environment ties this stack to the stage's; an API that calls the function, the other way round. */
  private refuseCycles(): void {
    const own = Stack.of(this);
    for (const stage of this.stages.values()) {
      const cycle = stacksOf(stage).find((stack) => !contains(stack, own) && this.bindings.some((binding) => binding.stack === stack));
      if (cycle) {
        throw new Error(`stage ${stage.node.path} cannot be authorized: this authorizer (in ${own.node.path}) is attached to an API in ${cycle.node.path}, `
          + `and each stack would need the other first. ${WAYS_OUT}`);
      }
    }
  }

  private validate(): string[] {
    if (this.bindings.length === 0) {
      return ["the authorizer is attached to no route: pass it as connectRouteOptions.authorizer of a WebSocketApi, or to addRoute('$connect', …)"];
    }
    const listed = new Set([...this.stages.values()].map((stage) => stage.api.apiId));
    return this.bindings
      .filter(({ api }) => listed.size > 0 && !listed.has(api.apiId))
      .map(({ api }) => `no token opens ${api.node.path}: stages of other APIs are listed, and none of this one. Call authorize(stage) with one of its stages.`);
  }

  private warn(id: string, message: string): void {
    Annotations.of(this).addWarningV2(`cdk-jwt-websocket-authorizer:${id}`, message);
  }
}

const WAYS_OUT = 'Either list no stage: then tokens open every stage of the APIs that this authorizer is attached to. '
  + "Or import the API into the authorizer's stack with WebSocketApi.fromWebSocketApiAttributes and create its $connect route there.";

function bindTokenSources(sources: TokenSource[]) {
  const rule = 'a list of different sources such as [TokenSource.queryString()]';
  requireItems('tokenSources', rule, sources);
  const bound = sources.map((source) => source.bind());
  const variables = bound.map(({ variable }) => variable);
  if (new Set(variables.map(canonical)).size < variables.length) {
    throw mistake('tokenSources', rule, variables);
  }
  return bound;
}

/** Header names are not case-sensitive (RFC 9110, section 5.1). */
function canonical(variable: string): string {
  return variable.startsWith('header:') ? variable.toLowerCase() : variable;
}
