// A client for test/integ.connect.ts: signs a user in, knocks at the API, and answers the status of the handshake.
import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import {
  AdminCreateUserCommand, AdminInitiateAuthCommand, AdminSetUserPasswordCommand, CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';

const { USER_POOL_ID: UserPoolId, CLIENT_ID: ClientId, URL: url } = process.env;
const cognito = new CognitoIdentityProviderClient();

const queries = {
  none: async () => '',
  tampered: async () => `?authorization=${(await signIn()).replace(/[^.]{20}$/, 'A'.repeat(20))}`,
  good: async () => `?authorization=${await signIn()}`,
};

export async function handler({ token }) {
  return handshake(url.replace('wss:', 'https:') + await queries[token]());
}

/** As a user of this invocation's own, so that no password outlives it. */
async function signIn() {
  const Username = randomBytes(16).toString('hex');
  const Password = `${randomBytes(32).toString('base64')}aA1!`;
  await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: 'SUPPRESS' }));
  await cognito.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true }));
  const { AuthenticationResult } = await cognito.send(new AdminInitiateAuthCommand({
    UserPoolId, ClientId, AuthFlow: 'ADMIN_USER_PASSWORD_AUTH', AuthParameters: { USERNAME: Username, PASSWORD: Password },
  }));
  return AuthenticationResult.IdToken;
}

/** By hand, because a WebSocket client does not tell 401, 403 and 500 apart. */
export function handshake(address) {
  const headers = {
    'Connection': 'Upgrade',
    'Upgrade': 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
  };
  return new Promise((resolve, reject) => {
    const settle = ({ statusCode, socket }) => {
      socket.destroy();
      resolve(statusCode);
    };
    request(address, { headers }).on('upgrade', settle).on('response', settle).on('error', reject).end();
  });
}
