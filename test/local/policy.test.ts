import { isAllowed, matches, type PolicyDocument } from '../../local/policy';

const CONNECT = 'arn:aws:execute-api:us-east-1:123456789012:abcdef/prod/$connect';

const allow = (statement: object = {}): PolicyDocument => ({
  Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: CONNECT, ...statement }],
});

test.each([
  ['abc', 'abc', true],
  ['abc', 'abcd', false],
  ['abc', 'ABC', false],
  ['a*', 'a', true],
  ['a*c', 'abbbc', true],
  ['a*c', 'a/b:c', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['a.c', 'abc', false],
  ['$connect', '$connect', true],
])('pattern %s, text %s: %s', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected);
});

test.each<[string, PolicyDocument, boolean]>([
  ['the very resource', allow(), true],
  ['a statement that is not in a list', { Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: CONNECT } }, true],
  ['the stage', allow({ Resource: 'arn:aws:execute-api:us-east-1:123456789012:abcdef/prod/*' }), true],
  ['one of several resources', allow({ Resource: ['arn:aws:x', CONNECT] }), true],
  ['any action of the service', allow({ Action: 'execute-api:*' }), true],
  ['the action in another case', allow({ Action: 'EXECUTE-API:invoke' }), true],
  ['method and path, which a WebSocket route has not', allow({ Resource: 'arn:aws:execute-api:us-east-1:123456789012:abcdef/prod/*/*' }), false],
  ['another stage', allow({ Resource: 'arn:aws:execute-api:us-east-1:123456789012:abcdef/dev/*' }), false],
  ['the resource in another case', allow({ Resource: CONNECT.replace('prod', 'Prod') }), false],
  ['another action', allow({ Action: 'execute-api:ManageConnections' }), false],
  ['all but this action', allow({ Action: undefined, NotAction: 'execute-api:Invoke' }), false],
  ['all but another action', allow({ Action: undefined, NotAction: 's3:GetObject' }), true],
  ['all but this resource', allow({ Resource: undefined, NotResource: CONNECT }), false],
  ['all but another resource', allow({ Resource: undefined, NotResource: 'arn:aws:x' }), true],
  ['no statement', { Statement: [] }, false],
  ['a Deny', allow({ Effect: 'Deny' }), false],
  ['a Deny beside an Allow', { Statement: [allow().Statement, allow({ Effect: 'Deny' }).Statement].flat() }, false],
  ['a Deny of something else beside an Allow', { Statement: [allow().Statement, allow({ Effect: 'Deny', Resource: 'arn:aws:x' }).Statement].flat() }, true],
])('%s', (_, policy, expected) => {
  expect(isAllowed(policy, 'execute-api:Invoke', CONNECT)).toBe(expected);
});

test.each([
  ['Condition', { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }, 'Condition, which is not evaluated here'],
  ['neither Action nor NotAction', { Action: undefined }, 'needs Action or NotAction'],
  ['both Resource and NotResource', { NotResource: 'arn:aws:x' }, 'Resource or NotResource'],
  ['an unknown effect', { Effect: 'allow' }, "'Allow' or 'Deny'"],
])('fails on %s', (_, statement, message) => {
  expect(() => isAllowed(allow(statement), 'execute-api:Invoke', CONNECT)).toThrow(message);
});
