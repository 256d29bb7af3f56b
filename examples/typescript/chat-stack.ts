import { join } from 'node:path';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { JwtWebSocketAuthorizer } from 'cdk-jwt-websocket-authorizer';
import type { Construct } from 'constructs';

export interface ChatStackProps extends StackProps {
  readonly jwksUri: string;
  readonly issuer: string;
  readonly audience: string;
}

/** A chat-like WebSocket API that only holders of a JWT can connect to. */
export class ChatStack extends Stack {
  constructor(scope: Construct, id: string, props: ChatStackProps) {
    super(scope, id, props);

    const routes = new LambdaFunction(this, 'Routes', {
      code: Code.fromAsset(join(__dirname, '..', 'chat')),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
    });

    const authorizer = new JwtWebSocketAuthorizer(this, 'Authorizer', {
      jwksUri: props.jwksUri,
      issuer: props.issuer,
      audiences: [props.audience],
    });

    const api = new WebSocketApi(this, 'Api', {
      connectRouteOptions: { integration: new WebSocketLambdaIntegration('Connect', routes), authorizer },
      defaultRouteOptions: { integration: new WebSocketLambdaIntegration('Message', routes), returnResponse: true },
      disconnectRouteOptions: { integration: new WebSocketLambdaIntegration('Disconnect', routes) },
    });
    const stage = new WebSocketStage(this, 'Prod', { webSocketApi: api, stageName: 'prod', autoDeploy: true });
    authorizer.authorize(stage);

    new CfnOutput(this, 'Url', { value: stage.url });
  }
}
