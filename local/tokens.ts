import { randomUUID } from 'node:crypto';
import type { Provider } from './provider';

/** Whom the tokens are meant for. */
export const AUDIENCE = 'https://chat.example.com';

/** Makes a token, with what the provider gives. */
export type MakeToken = (provider: Provider) => Promise<string>;

/** A token that the provider issued. */
export const good: MakeToken = (provider) => provider.issue(AUDIENCE);

/** A token that the provider issued, with another subject written into it. */
export const tampered: MakeToken = async (provider) => {
  const [header, payload, signature] = (await good(provider)).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return [header, Buffer.from(JSON.stringify({ ...claims, sub: 'admin' })).toString('base64url'), signature].join('.');
};

/** A token of the provider's, for somebody else. */
export const wrongAudience: MakeToken = (provider) => provider.issue('https://other.example.com');

/** Tokens that the provider's key signed, though the provider would not issue them. */
export const expired: MakeToken = (provider) => sign(provider, { exp: seconds() - 60 });
export const wrongIssuer: MakeToken = (provider) => sign(provider, { iss: 'https://other.example.com/' });

/** A token that is right in all but its key. */
export const unknownKey: MakeToken = async (provider) => {
  const { exportJWK, generateKeyPair } = await import('jose');
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return sign(provider, {}, { ...await exportJWK(privateKey), kid: randomUUID(), alg: 'RS256' });
};

/** What the page offers besides one's own. */
export const TOKENS: Record<string, MakeToken> = {
  'good token of a service': good,
  'tampered token': tampered,
  'expired token': expired,
  'token for another audience': wrongAudience,
  'token of another issuer': wrongIssuer,
  'token of an unknown key': unknownKey,
};

async function sign(provider: Provider, claims: object, key = provider.key): Promise<string> {
  const { importJWK, SignJWT } = await import('jose');
  const payload = { iss: provider.issuer, aud: AUDIENCE, sub: 'alice', iat: seconds(), exp: seconds() + 3600, ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg: key.alg!, kid: key.kid, typ: 'at+jwt' }).sign(await importJWK(key));
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
