import { App, Stack, type Environment } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { WebSocketApi, type IWebSocketRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { JwtWebSocketAuthorizer, type JwtWebSocketAuthorizerProps } from '../../src';

export const PROPS: JwtWebSocketAuthorizerProps = {
  jwksUri: 'https://tenant.example.com/.well-known/jwks.json',
  issuer: 'https://tenant.example.com/',
  audiences: ['https://chat.example.com'],
};

export function newStack(id = 'Stack', app: Construct = new App(), env?: Environment): Stack {
  return new Stack(app, id, { env });
}

/** A $connect integration, which every API here needs and no test looks at. */
export function integration(scope: Construct): WebSocketLambdaIntegration {
  const routes = scope.node.tryFindChild('Routes') as LambdaFunction | undefined ?? new LambdaFunction(scope, 'Routes', {
    code: Code.fromInline('exports.handler = async () => ({ statusCode: 200 });'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
  });
  return new WebSocketLambdaIntegration('Connect', routes);
}

export function newApi(scope: Construct, authorizer?: IWebSocketRouteAuthorizer, id = 'Api'): WebSocketApi {
  return new WebSocketApi(scope, id, { connectRouteOptions: { integration: integration(scope), authorizer } });
}

/** The authorizer on an API of its own, in a stack of its own. */
export function attached(props: Partial<JwtWebSocketAuthorizerProps> = {}, stack = newStack()) {
  const authorizer = new JwtWebSocketAuthorizer(stack, 'Authorizer', { ...PROPS, ...props });
  const api = newApi(stack, authorizer);
  return { stack, authorizer, api };
}

/** The verifier's function, told from the routes' by its description. */
export function verifierOf(stack: Stack): Record<string, any> {
  const functions = Template.fromStack(stack).findResources('AWS::Lambda::Function', { Properties: { Description: Match.stringLikeRegexp('^Decides') } });
  expect(Object.keys(functions)).toHaveLength(1);
  return Object.values(functions)[0].Properties;
}

export function environmentOf(stack: Stack): Record<string, any> {
  return verifierOf(stack).Environment.Variables;
}

/** Of the construct: the CDK has warnings of its own. */
export function warningsOf(stack: Stack): string[] {
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue())
    .map(({ entry }) => String(entry.data))
    .filter((warning) => warning.includes('[ack: cdk-jwt-websocket-authorizer:'));
}
