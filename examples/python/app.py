from aws_cdk import App

from chat_stack import ChatStack

app = App()


def setting(name: str, example: str) -> str:
    return app.node.try_get_context(name) or example


# cdk deploy -c jwksUri=… -c issuer=… -c audience=…
ChatStack(
    app,
    "Chat",
    jwks_uri=setting("jwksUri", "https://tenant.example.com/.well-known/jwks.json"),
    issuer=setting("issuer", "https://tenant.example.com/"),
    audience=setting("audience", "https://chat.example.com"),
)
app.synth()
