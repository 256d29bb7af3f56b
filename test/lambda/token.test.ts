import { decodeToken } from '../../lambda/token';
import { base64url } from '../support/signer';

const header = base64url({ alg: 'RS256' });
const payload = base64url({ sub: 'alice' });

test('takes a token apart', () => {
  expect(decodeToken(`${header}.${payload}.c2ln`)).toMatchObject({ header: { alg: 'RS256' }, payload: { sub: 'alice' } });
});

test.each([
  ['empty', ''],
  ['one part', header],
  ['two parts', `${header}.${payload}`],
  ['four parts', `${header}.${payload}.c2ln.c2ln`],
  ['an empty header', `.${payload}.c2ln`],
  ['an empty payload', `${header}..c2ln`],
  ['an empty signature', `${header}.${payload}.`],
  ['a trailing newline', `${header}.${payload}.c2ln\n`],
  ['a blank inside', `${header}.${payload}.c2 ln`],
  ['base64 padding', `${header}.${payload}.c2lnYQ==`],
  ['characters of standard base64', `${header}.${payload}.++//`],
  ['trailing bits in the last character', `${header}.${payload}.c2lnYR`],
  ['NUL', `${header}.${payload}.c2\0n`],
  ['a character beyond ASCII', `${header}.${payload}.c2łn`],
  ['a header that is no JSON', `${base64url('{alg')}.${payload}.c2ln`],
  ['a header that is an array', `${base64url([])}.${payload}.c2ln`],
  ['a header that is null', `${base64url('null')}.${payload}.c2ln`],
  ['a header with a byte order mark', `${base64url('\ufeff{}')}.${payload}.c2ln`],
  ['a header with alg twice', `${base64url('{"alg":"RS256","alg":"none"}')}.${payload}.c2ln`],
  ['a payload that is a string', `${header}.${base64url('"alice"')}.c2ln`],
  ['a payload that is a number', `${header}.${base64url('1')}.c2ln`],
  ['a payload that is not UTF-8', `${header}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}.c2ln`],
  ['a claim twice', `${header}.${base64url('{"sub":"alice","sub":"bob"}')}.c2ln`],
  ['a claim twice, once written with an escape', `${header}.${base64url('{"sub":"alice","s\\u0075b":"bob"}')}.c2ln`],
  ['a claim twice with a blank before the colon', `${header}.${base64url('{"sub" :"alice","sub"\n:"bob"}')}.c2ln`],
])('fails for %s', (_, token) => {
  expect(() => decodeToken(token)).toThrow('malformed_token');
});

test('fails for more than 16 KB before it parses anything', () => {
  expect(() => decodeToken('.'.repeat(16 * 1024 + 1))).toThrow('token_too_large');
});

test.each([
  ['the same name at two depths', '{"sub":"alice","act":{"sub":"bob"}}'],
  ['a value that reads like a member', '{"sub":"a","note":"\\",\\"sub\\":\\"b"}'],
  ['the same value twice', '{"a":"x","b":"x","c":["x","x"]}'],
  ['a claim named __proto__', '{"__proto__":{"sub":"bob"},"sub":"alice"}'],
])('admits %s', (_, json) => {
  expect(decodeToken(`${header}.${base64url(json)}.c2ln`).payload).toEqual(JSON.parse(json));
});
