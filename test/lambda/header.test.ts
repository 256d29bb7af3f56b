import { checkHeader } from '../../lambda/header';

test.each([
  [{ alg: 'RS256', kid: 'k' }, { alg: 'RS256', kid: 'k' }],
  [{ alg: 'Ed25519' }, { alg: 'Ed25519' }],
  [{ alg: 'ES256', typ: 'at+jwt' }, { alg: 'ES256' }],
  [{ alg: 'ES256', typ: 'application/AT+JWT' }, { alg: 'ES256' }],
  [{ alg: 'PS512', typ: 'jwt', jku: 'https://evil.example', jwk: {}, x5u: 'x', x5c: [] }, { alg: 'PS512' }],
])('admits %j', (header, expected) => {
  expect(checkHeader(header)).toEqual(expected);
});

test.each([
  ['unsupported_alg', {}],
  ['unsupported_alg', { alg: 'none' }],
  ['unsupported_alg', { alg: 'NoNe' }],
  ['unsupported_alg', { alg: 'HS256' }],
  ['unsupported_alg', { alg: 'rs256' }],
  ['unsupported_alg', { alg: 'ES256K' }],
  ['unsupported_alg', { alg: 'RS1' }],
  ['unsupported_alg', { alg: 256 }],
  ['unsupported_alg', { alg: ['RS256'] }],
  ['unsupported_alg', { alg: '__proto__' }],
  ['unsupported_typ', { alg: 'RS256', typ: 'logout+jwt' }],
  ['unsupported_typ', { alg: 'RS256', typ: 'dpop+jwt' }],
  ['unsupported_typ', { alg: 'RS256', typ: 'secevent+jwt' }],
  ['unsupported_typ', { alg: 'RS256', typ: null }],
  ['unsupported_typ', { alg: 'RS256', typ: '' }],
  ['unsupported_header', { alg: 'RS256', crit: ['exp'] }],
  ['unsupported_header', { alg: 'RS256', crit: [] }],
  ['unsupported_header', { alg: 'RS256', b64: false }],
  ['unsupported_header', { alg: 'RS256', zip: 'DEF' }],
  ['unsupported_header', { alg: 'RS256', cty: 'JWT' }],
  ['malformed_kid', { alg: 'RS256', kid: '' }],
  ['malformed_kid', { alg: 'RS256', kid: 1 }],
  ['malformed_kid', { alg: 'RS256', kid: null }],
  ['malformed_kid', { alg: 'RS256', kid: ['k'] }],
  ['malformed_kid', { alg: 'RS256', kid: 'k'.repeat(257) }],
])('fails with %s for %j', (reason, header) => {
  expect(() => checkHeader(header)).toThrow(reason);
});
