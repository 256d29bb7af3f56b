import { checkClaims, type ClaimRules } from '../../lambda/claims';

const NOW = 1_800_000_000;
const RULES: ClaimRules = { issuer: 'https://tenant.example.com/', audiences: ['chat', 'shop'], verifyExpiration: true };
const CLAIMS = { iss: 'https://tenant.example.com/', aud: 'chat', sub: 'alice', exp: NOW + 60 };

const check = (claims: object, rules: Partial<ClaimRules> = {}) => checkClaims({ ...CLAIMS, ...claims }, { ...RULES, ...rules }, NOW);
const without = (claim: string) => ({ [claim]: undefined });

test('grants on principal and end', () => {
  expect(check({})).toEqual({ principalId: 'alice', exp: NOW + 60 });
});

test.each<[string, object, Partial<ClaimRules>?]>([
  ['the second audience', { aud: 'shop' }],
  ['one audience of several', { aud: ['other', 'chat'] }],
  ['client_id where there is no aud', { ...without('aud'), client_id: 'chat' }],
  ['any audience where the rules say so', { aud: { odd: 1 } }, { audiences: undefined }],
  ['any issuer where the rules name none', { iss: 'https://other.example.com/' }, { issuer: undefined }],
  ['a fraction in exp', { exp: NOW + 0.5 }],
  ['nbf within the tolerance', { nbf: NOW + 60 }],
  ['iat within the tolerance, and an ancient one', { iat: NOW + 60 }],
  ['an ancient iat', { iat: 0 }],
  ['an expired token where expiry is not checked', { exp: NOW - 1 }, { verifyExpiration: false }],
  ['a token without exp where expiry is not checked', without('exp'), { verifyExpiration: false }],
  ['a principal beyond ASCII', { sub: 'Žofie 🙂' }],
  ['events that is no object', { events: 'none' }],
])('admits %s', (...[, claims, rules]) => { // a parameter too many would be a callback to jest
  expect(() => check(claims, rules)).not.toThrow();
});

test.each<[string, string, object, Partial<ClaimRules>?]>([
  ['issuer', 'no issuer', without('iss')],
  ['issuer', 'another case', { iss: 'https://Tenant.example.com/' }],
  ['issuer', 'no slash at the end', { iss: 'https://tenant.example.com' }],
  ['issuer', 'a longer one', { iss: 'https://tenant.example.com/x' }],
  ['issuer', 'user info', { iss: 'https://tenant.example.com@evil.example/' }],
  ['issuer', 'a list', { iss: ['https://tenant.example.com/'] }],
  ['issuer', 'null', { iss: null }],
  ['audience', 'another audience', { aud: 'other' }],
  ['audience', 'no audience', without('aud')],
  ['audience', 'an empty audience', { aud: '' }],
  ['audience', 'an empty list', { aud: [] }],
  ['audience', 'null beside a good client_id', { aud: null, client_id: 'chat' }],
  ['audience', 'an empty list beside a good client_id', { aud: [], client_id: 'chat' }],
  ['audience', 'a part of an audience', { aud: 'cha' }],
  ['audience', 'a nested list', { aud: [['chat']] }],
  ['audience', 'an object', { aud: { chat: true } }],
  ['audience', 'something else in the list', { aud: ['chat', 1] }],
  ['audience', 'a wildcard', { aud: '*' }],
  ['audience', 'a list as client_id', { ...without('aud'), client_id: ['chat'] }],
  ['missing_exp', 'no exp', without('exp')],
  ['expired', 'exp now', { exp: NOW }],
  ['expired', 'exp in the past', { exp: NOW - 1 }],
  ['expired', 'exp zero', { exp: 0 }],
  ['expired', 'exp below zero', { exp: -1 }],
  ['malformed_claims', 'exp null', { exp: null }],
  ['malformed_claims', 'exp as text', { exp: String(NOW + 60) }],
  ['malformed_claims', 'exp true', { exp: true }],
  ['malformed_claims', 'exp an object', { exp: {} }],
  ['malformed_claims', 'exp without end', { exp: Infinity }],
  ['malformed_claims', 'exp in milliseconds', { exp: NOW * 1000 }],
  ['malformed_claims', 'exp as text where expiry is not checked', { exp: 'never' }, { verifyExpiration: false }],
  ['not_yet_valid', 'nbf in the future', { nbf: NOW + 61 }],
  ['not_yet_valid', 'nbf in the future where expiry is not checked', { nbf: NOW + 61 }, { verifyExpiration: false }],
  ['malformed_claims', 'nbf as text', { nbf: 'soon' }],
  ['malformed_claims', 'nbf before all time', { nbf: -Infinity }],
  ['issued_in_future', 'iat in the future', { iat: NOW + 61 }],
  ['malformed_claims', 'iat as text', { iat: '0' }],
  ['principal', 'no sub', without('sub')],
  ['principal', 'an empty sub', { sub: '' }],
  ['principal', 'a number as sub', { sub: 1 }],
  ['principal', 'a long sub', { sub: 'x'.repeat(1025) }],
  ['principal', 'a line break in sub', { sub: 'alice\r\nadmin' }],
  ['security_event', 'events', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
  ['sender_constrained', 'a bound key', { cnf: { jkt: 'x' } }],
])('fails with %s for %s', (...[reason, , claims, rules]) => {
  expect(() => check(claims, rules)).toThrow(reason);
});

test('a member named __proto__ brings no claims', () => {
  const claims = JSON.parse('{"__proto__":{"sub":"alice"},"iss":"https://tenant.example.com/","aud":"chat","exp":1800000060}');
  expect(() => checkClaims(claims, RULES, NOW)).toThrow('principal');
});

test('the last second that is no millisecond', () => {
  expect(check({ exp: 1e11 - 1 }).exp).toBe(1e11 - 1);
  expect(() => check({ exp: 1e11 })).toThrow('malformed_claims');
});
