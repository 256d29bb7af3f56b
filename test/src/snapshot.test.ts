import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { TokenSource } from '../../src';
import { attached, newStack } from '../support/stacks';

/** Logical ids are a contract: a change of one replaces what users have deployed. */
function templateOf(stack: Stack): object {
  return JSON.parse(JSON.stringify(Template.fromStack(stack).toJSON()).replace(/[0-9a-f]{64}\.zip/g, '<asset>.zip'));
}

test('minimal', () => {
  expect(templateOf(attached().stack)).toMatchSnapshot();
});

test('everything', () => {
  const stack = newStack();
  const { authorizer, api } = attached({
    verifyExpiration: false,
    tokenSources: [TokenSource.header(), TokenSource.queryString('token')],
    memorySize: 512,
    timeout: Duration.seconds(20),
    logRetention: RetentionDays.ONE_WEEK,
    vpc: new Vpc(stack, 'Vpc', { maxAzs: 1 }),
  }, stack);
  authorizer.authorize(new WebSocketStage(stack, 'Prod', { webSocketApi: api, stageName: 'prod' }));
  expect(templateOf(stack)).toMatchSnapshot();
});
