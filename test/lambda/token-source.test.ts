import { findToken, type TokenSource } from '../../lambda/token-source';
import { connectEvent } from '../support/event';

const query: TokenSource = { kind: 'querystring', name: 'authorization' };
const header: TokenSource = { kind: 'header', name: 'Authorization' };
const other: TokenSource = { kind: 'header', name: 'X-Token' };
const BOTH = [header, query];

test.each<[string, object, TokenSource[]?]>([
  ['a query parameter', { queryStringParameters: { authorization: 'token' } }],
  ['a query parameter in the multi-value member alone', { multiValueQueryStringParameters: { authorization: ['token'] } }],
  ['a header', { headers: { Authorization: 'Bearer token' } }],
  ['a header of any case', { headers: { aUTHORIZATION: 'Bearer token' } }],
  ['a scheme of any case, and blanks', { headers: { Authorization: ' bEARER   token ' } }],
  ['a header without scheme', { headers: { Authorization: 'token' } }],
  ['another header', { headers: { 'x-token': 'token' } }, [other]],
  ['the second source where the first holds another scheme', { headers: { Authorization: 'Basic dXNlcg==' }, queryStringParameters: { authorization: 'token' } }],
  ['the second source where the first is empty', { headers: { Authorization: ' ' }, queryStringParameters: { authorization: 'token' } }],
  ['the second source where the first has a scheme alone', { headers: { Authorization: 'Bearer ' }, queryStringParameters: { authorization: 'token' } }],
  ['the same token twice in one source', { multiValueQueryStringParameters: { authorization: ['token', 'token'] } }],
  ['the same token in two sources', { headers: { authorization: 'Bearer token' }, queryStringParameters: { authorization: 'token' } }],
  ['a query parameter beside null headers', { headers: null, multiValueHeaders: null, queryStringParameters: { authorization: 'token' } }],
  ['a query parameter beside absent headers', { headers: undefined, multiValueHeaders: undefined, queryStringParameters: { authorization: 'token' } }],
])('takes %s', (...[, overrides, sources = BOTH]) => {
  expect(findToken(connectEvent(overrides), sources)).toBe('token');
});

test.each<[string, object, TokenSource[]?]>([
  ['nothing', {}],
  ['null everywhere', { headers: null, multiValueHeaders: null }],
  ['an empty parameter', { queryStringParameters: { authorization: '' } }],
  ['a blank parameter', { queryStringParameters: { authorization: '  ' } }],
  ['a parameter of another case', { queryStringParameters: { Authorization: 'token' } }],
  ['another scheme', { headers: { Authorization: 'Basic dXNlcg==' } }],
  ['a source that is not configured', { queryStringParameters: { authorization: 'token' } }, [header]],
  ['values of other kinds', { headers: { Authorization: 1 }, queryStringParameters: { authorization: { token: 'token' } } }],
  ['members of other kinds', { headers: 'Authorization', queryStringParameters: 1, multiValueQueryStringParameters: ['token'] }],
])('fails with no_token for %s', (...[, overrides, sources = BOTH]) => {
  expect(() => findToken(connectEvent(overrides), sources)).toThrow('no_token');
});

test.each<[string, object]>([
  ['in one source', { multiValueQueryStringParameters: { authorization: ['token', 'other'] } }],
  ['in the last value and the list', { queryStringParameters: { authorization: 'other' }, multiValueQueryStringParameters: { authorization: ['token'] } }],
  ['in two sources', { headers: { Authorization: 'Bearer token' }, queryStringParameters: { authorization: 'other' } }],
  ['in headers of two cases', { headers: { Authorization: 'Bearer token', authorization: 'Bearer other' } }],
])('fails with ambiguous_token for two that differ %s', (_, overrides) => {
  expect(() => findToken(connectEvent(overrides), BOTH)).toThrow('ambiguous_token');
});

test('no header takes much longer than another of its length', () => {
  const millisecondsFor = (value: string) => {
    const startedAt = performance.now();
    expect(() => findToken(connectEvent({ headers: { Authorization: value } }), BOTH)).toThrow('no_token');
    return performance.now() - startedAt;
  };
  millisecondsFor('x y'); // compiles what both need
  const [usual, hostile] = [`x ${'y'.repeat(20_000)}`, `x y${' '.repeat(20_000)}z`].map(millisecondsFor);
  expect(hostile / usual).toBeLessThan(200); // an expression that backtracks: thousands
});

test('Bearer counts once, and in a header only', () => {
  expect(findToken(connectEvent({ headers: { Authorization: 'Bearer Bearer token' } }), BOTH)).toBe('Bearer token'); // refused as malformed
  expect(findToken(connectEvent({ queryStringParameters: { authorization: 'Bearer token' } }), BOTH)).toBe('Bearer token');
});
