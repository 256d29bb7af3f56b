import { format } from 'node:util';
import type { AuthorizerResponse } from '../../lambda/answer';
import { readEnvironment, type Configuration } from '../../lambda/environment';
import { fetchKeys } from '../../lambda/fetch-keys';
import { createHandler } from '../../lambda/handler';
import { KeyCache } from '../../lambda/key-cache';
import { logFetch } from '../../lambda/log';
import { connectEvent, connectWith } from '../support/event';
import { KeyServer } from '../support/key-server';
import { base64url, Signer } from '../support/signer';

const signer = Signer.rsa();
const ec = Signer.ec();
const STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod';

let server: KeyServer;
let written: string[];
let tokens: string[];

beforeAll(async () => { server = await KeyServer.start(); });
afterAll(() => server.stop());

beforeEach(() => {
  server.serve({ keys: [signer.jwk, ec.jwk] });
  server.requests = 0;
  written = [];
  tokens = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
    jest.spyOn(console, method).mockImplementation((...texts) => { written.push(format(...texts)); });
  }
});
afterEach(() => {
  jest.restoreAllMocks();
  // Whatever a test does: no token, and no part of one, is ever written.
  for (const part of tokens.flatMap((token) => token.split('.')).filter(({ length }) => length > 10)) {
    expect(written.join('')).not.toContain(part);
  }
});

function start(env: Record<string, string> = {}) {
  const configuration = readEnvironment({
    JWT_ISSUER_JWKS_URI: server.url, JWT_ISSUER: 'https://tenant.example.com/', JWT_AUTHORIZED_AUDIENCES: 'chat', ...env,
  });
  return handlerWith(configuration, new KeyCache((milliseconds) => fetchKeys(configuration.jwksUri, milliseconds), logFetch));
}

/** The handler, and its tokens on record. */
function handlerWith(configuration: Configuration, keys: KeyCache) {
  const handle = createHandler(configuration, keys);
  return (event: any) => {
    tokens.push(...JSON.stringify(event ?? null).match(/[\w-]+\.[\w-]+\.[\w-]*/g) ?? []);
    return handle(event);
  };
}

const claims = (overrides: object = {}) => ({
  iss: 'https://tenant.example.com/', aud: 'chat', sub: 'alice', exp: Math.floor(Date.now() / 1000) + 60, ...overrides,
});
const decisions = () => written.map((line) => JSON.parse(line)).filter(({ outcome }) => outcome !== undefined);

const DENIED = (reason: string): AuthorizerResponse => ({
  principalId: 'unauthorized',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource: '*' }] },
  context: { reason },
});

test('a good token opens the stage, and nothing else', async () => {
  const { exp } = claims();
  expect(await start()(connectWith(await signer.sign(claims({ exp }))))).toEqual({
    principalId: 'alice',
    policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${STAGE}/*` }] },
    context: { exp },
  });
});

test('a token without exp, where that is not checked, has no exp in the context', async () => {
  const response = await start({ JWT_VERIFY_EXPIRATION: 'false' })(connectWith(await signer.sign(claims({ exp: undefined }))));
  expect(response).toMatchObject({ principalId: 'alice', context: {} });
  expect(response.context).not.toHaveProperty('exp');
});

test.each([
  Signer.rsa('k', 'RS384'), Signer.rsa('k', 'RS512'), Signer.rsa('k', 'PS256'), Signer.rsa('k', 'PS384'), Signer.rsa('k', 'PS512'),
  Signer.ec('k', 'ES256'), Signer.ec('k', 'ES384', 'P-384'), Signer.ec('k', 'ES512', 'P-521'), Signer.ed25519('k', 'EdDSA'), Signer.ed25519('k', 'Ed25519'),
].map((one) => [one.alg, one] as const))('admits %s', async (_, one) => {
  server.serve({ keys: [one.jwk] });
  expect(await start()(connectWith(await one.sign(claims())))).toMatchObject({ principalId: 'alice' });
});

test('admits a token by a Firebase-like map of keys', async () => {
  server.serve({ 'rsa-1': signer.publicPem });
  expect(await start()(connectWith(await signer.sign(claims())))).toMatchObject({ principalId: 'alice' });
});

const tamper = (token: string, part: number) => token.split('.').map((text, at) => (at === part ? text.replace(/^./, (c) => (c === 'e' ? 'f' : 'e')) : text)).join('.');
const hmac = (secret: string) => async () => {
  const { CompactSign } = await import('jose');
  return new CompactSign(Buffer.from(JSON.stringify(claims()))).setProtectedHeader({ alg: 'HS256', kid: 'rsa-1' }).sign(Buffer.from(secret));
};

test.each<[string, string, () => Promise<string> | string]>([
  ['bad_signature', 'another payload under the signature', async () => {
    const [header, , signature] = (await signer.sign(claims())).split('.');
    return `${header}.${base64url(claims({ sub: 'admin' }))}.${signature}`;
  }],
  ['bad_signature', 'a flipped signature', async () => tamper(await signer.sign(claims()), 2)],
  ['bad_signature', 'a signature that lacks its last byte', async () => (await signer.sign(claims())).slice(0, -2)],
  ['bad_signature', 'an ECDSA signature of zeros', async () => `${(await ec.sign(claims())).replace(/[^.]+$/, '')}${Buffer.alloc(64).toString('base64url')}`],
  ['bad_signature', 'an ECDSA signature of ones', async () => `${(await ec.sign(claims())).replace(/[^.]+$/, '')}${Buffer.alloc(64, 255).toString('base64url')}`],
  ['bad_signature', 'an ECDSA signature that is too long', async () => `${await ec.sign(claims())}AAAA`.replace(/.{6}AAAA$/, 'AAAA')],
  ['bad_signature', 'a signature of another key under a held kid', () => Signer.rsa('rsa-1').sign(claims())],
  ['malformed_token', 'an unsigned token', async () => `${base64url({ alg: 'none' })}.${base64url(claims())}.`],
  ['unsupported_alg', 'alg none with a signature', async () => `${base64url({ alg: 'none' })}.${base64url(claims())}.c2ln`],
  ['unsupported_alg', 'HS256 with the public key as secret', hmac(signer.publicPem)],
  ['unsupported_alg', 'HS256 with one byte as secret', hmac('x')],
  ['key_mismatch', 'RS512 on an RS256 key', () => Signer.rsa('rsa-1', 'RS512').sign(claims())],
  ['key_mismatch', 'ES256 under the kid of an RSA key', () => Signer.ec('rsa-1').sign(claims())],
  ['unknown_kid', 'a kid that nobody has', () => Signer.rsa('other').sign(claims())],
  ['unknown_kid', 'a kid of eight levels up', () => signer.sign(claims(), { kid: '../../../../../../../../etc/passwd' })],
  ['unknown_kid', 'the kid __proto__', () => signer.sign(claims(), { kid: '__proto__' })],
  ['expired', 'an expired token', () => signer.sign(claims({ exp: 1 }))],
  ['issuer', 'another issuer', () => signer.sign(claims({ iss: 'https://evil.example/' }))],
  ['audience', 'another audience', () => signer.sign(claims({ aud: 'shop' }))],
  ['malformed_claims', 'exp 1e400', () => signer.signText('{"iss":"https://tenant.example.com/","aud":"chat","sub":"alice","exp":1e400}')],
  ['malformed_token', 'no token at all', () => 'token'],
])('denies with %s: %s', async (reason, _, token) => {
  expect(await start()(connectWith(await token()))).toEqual(DENIED(reason));
  expect(decisions()).toMatchObject([{ outcome: 'deny', reason }]);
});

test('what needs no key is refused without a fetch', async () => {
  const handle = start();
  await handle(connectEvent());
  await handle(connectWith('token'));
  await handle(connectWith(await signer.sign(claims({ exp: 1 }))));
  await handle(connectWith(`${base64url({ alg: 'RS256', crit: ['exp'] })}.${base64url(claims())}.c2ln`));
  expect(server.requests).toBe(0);
});

test.each([
  [undefined], [null], ['event'], [[]], [{}], [connectEvent({ methodArn: 'arn' })],
])('denies the event %j', async (event) => {
  expect(await start()(event)).toEqual(DENIED('malformed_event'));
});

test('denies a stage that is not listed', async () => {
  const handle = start({ AUTHORIZED_APIS: STAGE.replace('prod', 'staging') });
  expect(await handle(connectWith(await signer.sign(claims())))).toEqual(DENIED('api'));
});

test('throws where no key can be had, and never for a token that needs none to be refused', async () => {
  server.answer = (_, response) => response.writeHead(503).end();
  const handle = start();
  await expect(handle(connectWith(await signer.sign(claims())))).rejects.toThrow('keys_unavailable');
  expect(decisions()).toMatchObject([{ outcome: 'error', reason: 'keys_unavailable', kid: 'unknown' }]);
  expect(await handle(connectWith(await signer.sign(claims({ exp: 1 }))))).toEqual(DENIED('expired'));
});

test('held keys outlive an outage', async () => {
  const handle = start();
  await handle(connectWith(await signer.sign(claims())));
  server.answer = (_, response) => response.writeHead(503).end();
  const now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now + 11 * 60_000); // the set has expired
  expect(await handle(connectWith(await signer.sign(claims())))).toMatchObject({ principalId: 'alice' });
  expect(server.requests).toBe(2);
});

test('a token in a header', async () => {
  const headers = { authorization: `Bearer ${await signer.sign(claims())}` };
  expect(await start()(connectEvent({ headers }))).toMatchObject({ principalId: 'alice' });
});

test('a decision is one line of known values, and so is a fetch', async () => {
  await start()(connectWith(await signer.sign(claims())));
  expect(written).toEqual([expect.stringMatching(/^\{.*\}\n$/), expect.stringMatching(/^\{.*\}\n$/)]);
  expect(JSON.parse(written[0])).toEqual({ timestamp: expect.any(String), level: 'INFO', event: 'key_fetch', keys: 2, unusable: 0 });
  expect(JSON.parse(written[1])).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    level: 'INFO',
    outcome: 'allow',
    reason: 'ok',
    kid: 'rsa-1',
    alg: 'RS256',
    issuer: 'https://tenant.example.com/',
    elapsedMs: expect.any(Number),
    keyAgeSeconds: 0,
    apiId: 'a1b2c3d4e5',
    stage: 'prod',
    connectionId: 'L0SM9cOFvHcCIhw=',
  });
});

test('a refusal names the key id if such a key is held, and what the token has that is known', async () => {
  const handle = start();
  await handle(connectWith(await signer.sign(claims())));
  await handle(connectWith(await Signer.rsa('rsa-1', 'RS512').sign(claims())));
  await handle(connectWith(await signer.sign(claims(), { typ: 'logout+jwt' })));
  expect(decisions().slice(1)).toMatchObject([
    { reason: 'key_mismatch', kid: 'rsa-1', alg: 'RS512', issuer: 'https://tenant.example.com/' },
    { reason: 'unsupported_typ', kid: 'rsa-1', alg: 'RS256', issuer: 'https://tenant.example.com/' },
  ]);
});

test('what a stranger writes does not reach the log', async () => {
  const handle = start();
  for (const token of [
    await Signer.rsa('strange-kid').sign(claims({ sub: 'strange-sub' })),
    await signer.sign(claims({ iss: 'strange-iss', sub: 'strange-sub' })),
    `${base64url({ alg: 'strange-alg' })}.${base64url({})}.c2ln`,
  ]) {
    await handle(connectWith(token));
  }
  await handle(connectEvent({ methodArn: 'strange-arn', requestContext: { connectionId: { strange: 1 } } }));
  await handle(connectEvent({ requestContext: { connectionId: `${'x'.repeat(128)}strange` } }));
  expect(decisions()).toHaveLength(5);
  expect(written.join('')).not.toContain('strange');
});

test('an unexpected exception is denied, and logged without its message', async () => {
  const keys = { find: async () => { throw new TypeError('with a secret'); }, ageSeconds: undefined, holds: () => false } as unknown as KeyCache;
  const configuration = readEnvironment({ JWT_ISSUER_JWKS_URI: server.url, JWT_ACCEPT_ANY_AUDIENCE: 'true' });
  expect(await handlerWith(configuration, keys)(connectWith(await signer.sign(claims())))).toEqual(DENIED('internal'));
  expect(written.map((line) => JSON.parse(line))).toMatchObject([{ level: 'ERROR', event: 'internal', error: 'TypeError' }, { reason: 'internal' }]);
  expect(written.join('')).not.toContain('secret');
});
