/**
 * Connects to a deployed API for real: `npm run integ -- --update-on-failed`, with credentials.
 *
 * The provider is a Cognito user pool: it holds the private keys, so that none is here.
 */
import { join } from 'node:path';
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { JwtWebSocketAuthorizer } from '../src';

const app = new App();
const stack = new Stack(app, 'Connect');

const userPool = new UserPool(stack, 'UserPool', { removalPolicy: RemovalPolicy.DESTROY });
const client = userPool.addClient('Client', { authFlows: { adminUserPassword: true } });

const authorizer = new JwtWebSocketAuthorizer(stack, 'Authorizer', {
  jwksUri: `${userPool.userPoolProviderUrl}/.well-known/jwks.json`,
  issuer: userPool.userPoolProviderUrl,
  audiences: [client.userPoolClientId],
});
const routes = new LambdaFunction(stack, 'Routes', {
  code: Code.fromAsset(join(__dirname, '..', 'examples', 'chat')),
  handler: 'index.handler',
  runtime: Runtime.NODEJS_24_X,
});
const api = new WebSocketApi(stack, 'Api', {
  connectRouteOptions: { integration: new WebSocketLambdaIntegration('Connect', routes), authorizer },
});
const stage = new WebSocketStage(stack, 'Prod', { webSocketApi: api, stageName: 'prod', autoDeploy: true });
authorizer.authorize(stage);

const handshake = new LambdaFunction(stack, 'Handshake', {
  code: Code.fromAsset(join(__dirname, 'handshake')),
  handler: 'index.handler',
  runtime: Runtime.NODEJS_24_X,
  timeout: Duration.seconds(30),
  environment: { USER_POOL_ID: userPool.userPoolId, CLIENT_ID: client.userPoolClientId, URL: stage.url },
});
userPool.grant(handshake, 'cognito-idp:AdminCreateUser', 'cognito-idp:AdminSetUserPassword', 'cognito-idp:AdminInitiateAuth');

const integ = new IntegTest(app, 'ConnectTest', {
  testCases: [stack],
  stackUpdateWorkflow: false, // an update of the construct is no subject here, and would need its former assets
});

for (const [token, status] of [['none', '401'], ['tampered', '403'], ['good', '101']]) {
  integ.assertions
    .invokeFunction({ functionName: handshake.functionName, payload: JSON.stringify({ token }) })
    .expect(ExpectedResult.objectLike({ Payload: status }));
}
