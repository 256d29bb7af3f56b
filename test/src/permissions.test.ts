import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { attached, newStack } from '../support/stacks';

/** Statements of the verifier's role. */
function statementsOf(stack: Stack): any[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes('AuthorizerRole'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

test('the role writes to its own log group, and that is all', () => {
  const { stack } = attached();
  expect(statementsOf(stack)).toEqual([{
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Effect: 'Allow',
    Resource: { 'Fn::GetAtt': [expect.stringMatching(/^AuthorizerLogGroup/), 'Arn'] },
  }]);
  const roles = Template.fromStack(stack).findResources('AWS::IAM::Role');
  const own = Object.entries(roles).filter(([id]) => id.startsWith('AuthorizerRole'));
  expect(own).toHaveLength(1);
  expect(own[0][1].Properties).not.toHaveProperty('ManagedPolicyArns');
});

test("Resource '*' stands for network interfaces only", () => {
  const stack = newStack();
  attached({ vpc: new Vpc(stack, 'Vpc', { maxAzs: 1 }) }, stack);
  const wide = statementsOf(stack).filter(({ Resource }) => JSON.stringify(Resource).includes('"*"'));
  expect(wide).toHaveLength(1);
  expect(wide[0].Action.every((action: string) => /^ec2:\w+(NetworkInterfaces?|Subnets|PrivateIpAddresses)$/.test(action))).toBe(true);
});

test('every permission names who may call, down to the authorizer or the stage', () => {
  const { stack, authorizer, api } = attached();
  authorizer.authorize(new WebSocketStage(stack, 'Prod', { webSocketApi: api, stageName: 'prod' }));
  const permissions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Permission')).map(({ Properties }) => Properties);
  expect(permissions.length).toBeGreaterThanOrEqual(3);
  for (const { Principal, Action, SourceArn } of permissions) {
    expect([Principal, Action]).toEqual(['apigateway.amazonaws.com', 'lambda:InvokeFunction']);
    expect(JSON.stringify(SourceArn)).toMatch(/execute-api/);
    expect(JSON.stringify(SourceArn)).toMatch(/\{"Ref":"Api\w+"\}/); // an API of this stack, never any
  }
  const own = permissions.filter(({ FunctionName }) => JSON.stringify(FunctionName).includes('AuthorizerFunction'));
  expect(own.map(({ SourceArn }) => SourceArn['Fn::Join'][1].slice(-2))).toEqual([
    [{ Ref: expect.stringMatching(/^Api/) }, '/prod/*'],
    ['/authorizers/', { Ref: expect.stringMatching(/^ApiJwtAuthorizer/) }],
  ]);
});
