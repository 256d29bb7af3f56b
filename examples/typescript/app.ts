import { App } from 'aws-cdk-lib';
import { ChatStack } from './chat-stack';

const app = new App();
const setting = (name: string, example: string): string => app.node.tryGetContext(name) ?? example;

// cdk deploy -c jwksUri=… -c issuer=… -c audience=…
new ChatStack(app, 'Chat', {
  jwksUri: setting('jwksUri', 'https://tenant.example.com/.well-known/jwks.json'),
  issuer: setting('issuer', 'https://tenant.example.com/'),
  audience: setting('audience', 'https://chat.example.com'),
});
