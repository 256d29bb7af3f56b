from pathlib import Path

from aws_cdk import CfnOutput, Stack
from aws_cdk.aws_apigatewayv2 import WebSocketApi, WebSocketRouteOptions, WebSocketStage
from aws_cdk.aws_apigatewayv2_integrations import WebSocketLambdaIntegration
from aws_cdk.aws_lambda import Code, Function, Runtime
from cdk_jwt_websocket_authorizer import JwtWebSocketAuthorizer
from constructs import Construct

CHAT = Path(__file__).parent.parent / "chat"


class ChatStack(Stack):
    """A chat-like WebSocket API that only holders of a JWT can connect to."""

    def __init__(self, scope: Construct, id: str, *, jwks_uri: str, issuer: str, audience: str, **kwargs) -> None:
        super().__init__(scope, id, **kwargs)

        routes = Function(
            self,
            "Routes",
            code=Code.from_asset(str(CHAT)),
            handler="index.handler",
            runtime=Runtime.NODEJS_24_X,
        )

        authorizer = JwtWebSocketAuthorizer(
            self,
            "Authorizer",
            jwks_uri=jwks_uri,
            issuer=issuer,
            audiences=[audience],
        )

        api = WebSocketApi(
            self,
            "Api",
            connect_route_options=WebSocketRouteOptions(
                integration=WebSocketLambdaIntegration("Connect", routes),
                authorizer=authorizer,
            ),
            default_route_options=WebSocketRouteOptions(
                integration=WebSocketLambdaIntegration("Message", routes),
                return_response=True,
            ),
            disconnect_route_options=WebSocketRouteOptions(
                integration=WebSocketLambdaIntegration("Disconnect", routes),
            ),
        )
        stage = WebSocketStage(self, "Prod", web_socket_api=api, stage_name="prod", auto_deploy=True)
        authorizer.authorize(stage)

        CfnOutput(self, "Url", value=stage.url)
