// An app that accepts expired tokens: the local run's table must say so.
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { JwtWebSocketAuthorizer } from 'cdk-jwt-websocket-authorizer';

const app = new App();
const stack = new Stack(app, 'Chat');
const routes = new LambdaFunction(stack, 'Routes', {
  code: Code.fromAsset(join(__dirname, '..', '..', '..', 'examples', 'chat')),
  handler: 'index.handler',
  runtime: Runtime.NODEJS_24_X,
});
const api = new WebSocketApi(stack, 'Api', {
  connectRouteOptions: {
    integration: new WebSocketLambdaIntegration('Connect', routes),
    authorizer: new JwtWebSocketAuthorizer(stack, 'Authorizer', {
      jwksUri: app.node.getContext('jwksUri'),
      issuer: app.node.getContext('issuer'),
      audiences: [app.node.getContext('audience')],
      verifyExpiration: false,
    }),
  },
  defaultRouteOptions: { integration: new WebSocketLambdaIntegration('Message', routes), returnResponse: true },
});
new WebSocketStage(stack, 'Prod', { webSocketApi: api, stageName: 'prod', autoDeploy: true });
