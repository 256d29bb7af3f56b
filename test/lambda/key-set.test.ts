import { generateKeyPairSync } from 'node:crypto';
import { generate } from 'selfsigned';
import { parseKeySet } from '../../lambda/key-set';
import { Signer } from '../support/signer';

const rsa = Signer.rsa();
const ec = Signer.ec();
const parse = (...keys: unknown[]) => parseKeySet(JSON.stringify({ keys })).keys.map(({ kid, alg }) => [kid, alg]);

test('reads a JWK Set', () => {
  expect(parse(rsa.jwk, ec.jwk, Signer.ed25519().jwk)).toEqual([['rsa-1', 'RS256'], ['ec-1', 'ES256'], ['ed-1', 'EdDSA']]);
});

test.each<[Record<string, unknown>, string]>([
  [{ ...rsa.jwk, alg: undefined }, 'RS256'],
  [{ ...rsa.jwk, alg: 'PS384' }, 'PS384'],
  [{ ...ec.jwk, alg: undefined }, 'ES256'],
  [{ ...Signer.ec('k', 'ES384', 'P-384').jwk, alg: undefined }, 'ES384'],
  [{ ...Signer.ec('k', 'ES512', 'P-521').jwk, alg: undefined }, 'ES512'],
  [{ ...Signer.ed25519().jwk, alg: 'Ed25519' }, 'Ed25519'],
])('a key serves the algorithm that it names, or the customary one', (jwk, alg) => {
  expect(parse(jwk)).toEqual([[jwk.kid, alg]]);
});

const smallRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });

test.each<[string, unknown]>([
  ['null', null],
  ['a string', 'key'],
  ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', kid: 'k' }],
  ['a private key', rsa.privateJwk],
  ...['p', 'q', 'dp', 'dq', 'qi', 'oth'].map((member): [string, unknown] => [`a key with the private member ${member}`, { ...rsa.jwk, [member]: 'AQ' }]),
  ['an encryption key', { ...rsa.jwk, use: 'enc' }],
  ['a key for other operations', { ...rsa.jwk, use: undefined, key_ops: ['sign'] }],
  ['an algorithm of another kind', { ...rsa.jwk, alg: 'ES256' }],
  ['an encryption algorithm', { ...rsa.jwk, alg: 'RSA-OAEP' }],
  ['the algorithm of another curve', { ...ec.jwk, alg: 'ES384' }],
  ['RSA of 1024 bits', { ...smallRsa, kid: 'k' }],
  ['RSA of 9216 bits', { kty: 'RSA', kid: 'k', e: 'AQAB', n: Buffer.alloc(1152, 0xff).toString('base64url') }],
  ['RSA with e = 1', { ...rsa.jwk, e: 'AQ' }],
  ['RSA with e = 3', { ...rsa.jwk, e: 'Aw' }],
  ['RSA with an even e', { ...rsa.jwk, e: 'AQAC' }],
  ['RSA with e above 2^64', { ...rsa.jwk, e: 'AQAAAAAAAAAB' }],
  ['a point off its curve', { ...ec.jwk, y: ec.jwk.x }],
  ['secp256k1', { ...generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' }), kid: 'k' }],
  ['X25519', { ...generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }), kid: 'k' }],
  ['an empty kid', { ...rsa.jwk, kid: '' }],
  ['a number as kid', { ...rsa.jwk, kid: 1 }],
])('leaves out %s and keeps the others', (_, jwk) => {
  expect(parse(jwk, ec.jwk)).toEqual([['ec-1', 'ES256']]);
  expect(() => parse(jwk)).toThrow('no_usable_key');
});

test('reads a map of PEM certificates by kid, as Firebase publishes it', async () => {
  const { cert } = await generate([{ name: 'commonName', value: 'securetoken.system.gserviceaccount.com' }], { keySize: 2048 });
  const map = {
    good: cert,
    publicKey: rsa.publicPem,
    bad: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
    privateKey: rsa.privatePem,
    number: 1,
  };
  expect(parseKeySet(JSON.stringify(map))).toMatchObject({
    keys: [{ kid: 'good', alg: 'RS256' }, { kid: 'publicKey', alg: 'RS256' }],
    unusable: 3,
  });
});

test('a kid named __proto__ is a kid like any other', () => {
  expect(parseKeySet(`{"__proto__": ${JSON.stringify(rsa.publicPem)}}`).keys.map(({ kid }) => kid)).toEqual(['__proto__']);
});

test.each(['null', '[]', '["-----BEGIN PUBLIC KEY-----"]', '"keys"', '1', '{}', '{"keys":[]}', '{"keys":{}}', '{"keys":"x"}'])('fails for %s', (text) => {
  expect(() => parseKeySet(text)).toThrow(/not_a_key_set|no_usable_key/);
});

test('fails for more than 100 keys', () => {
  expect(() => parse(...Array(101).fill(rsa.jwk))).toThrow('too_many_keys');
});
