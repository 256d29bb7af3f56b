import type { Stack } from 'aws-cdk-lib';
import { WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { checkApi, readConnection } from '../lambda/connection';
import { readEnvironment } from '../lambda/environment';
import { TokenSource, type JwtWebSocketAuthorizerProps } from '../src';
import { connectEvent } from './support/event';
import { attached, environmentOf, newStack } from './support/stacks';

// What src/ writes, lambda/ reads: the one door between them.

/** The environment as CloudFormation would fill it in. */
function deployed(stack: Stack): Record<string, string> {
  const physical = new Map([['AWS::Partition', 'aws'], ['AWS::Region', 'eu-west-1'], ['AWS::AccountId', '123456789012']]);
  const fill = (value: any): string => value['Fn::Join']?.[1].map(fill).join('') ?? (value.Ref ? physical.get(value.Ref) ?? 'a1b2c3d4e5' : value);
  return Object.fromEntries(Object.entries(environmentOf(stack)).map(([name, value]) => [name, fill(value)]));
}

test.each<[string, Partial<JwtWebSocketAuthorizerProps>, object]>([
  ['the common case', {}, {
    jwksUri: 'https://tenant.example.com/.well-known/jwks.json',
    rules: { issuer: 'https://tenant.example.com/', audiences: ['https://chat.example.com'], verifyExpiration: true },
    authorizedApis: undefined,
    tokenSources: [{ kind: 'querystring', name: 'authorization' }],
  }],
  ['several audiences', { audiences: ['one', 'two three'] }, { rules: { audiences: ['one', 'two three'] } }],
  ['any audience', { audiences: undefined, acceptAnyAudience: true }, { rules: { audiences: undefined } }],
  ['no issuer', { issuer: undefined }, { rules: { issuer: undefined } }],
  ['no expiry check', { verifyExpiration: false }, { rules: { verifyExpiration: false } }],
  ['two sources', { tokenSources: [TokenSource.header('X-Token'), TokenSource.queryString('t')] }, {
    tokenSources: [{ kind: 'header', name: 'X-Token' }, { kind: 'querystring', name: 't' }],
  }],
])('%s', (_, props, configuration) => {
  expect(readEnvironment(deployed(attached(props).stack))).toMatchObject(configuration);
});

test('an authorized stage opens, and no other', () => {
  const stack = newStack();
  const { authorizer, api } = attached({}, stack);
  authorizer.authorize(new WebSocketStage(stack, 'Prod', { webSocketApi: api, stageName: 'prod' }));
  const { authorizedApis } = readEnvironment(deployed(stack));
  const connectTo = (stage: string) => () => checkApi(readConnection(connectEvent({
    methodArn: `arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/${stage}/$connect`,
  })), authorizedApis);
  expect(connectTo('prod')).not.toThrow();
  expect(connectTo('staging')).toThrow('api');
});
