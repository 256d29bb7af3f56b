import { type Resource, resolve } from '../../local/intrinsics';

const resources: Record<string, Resource> = {
  Api: { Type: 'AWS::ApiGatewayV2::Api' },
  OtherApi: { Type: 'AWS::ApiGatewayV2::Api' },
  Prod: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { StageName: 'prod' } },
  Chat: { Type: 'AWS::Lambda::Function' },
  Named: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: { 'Fn::Join': ['-', ['chat', { Ref: 'AWS::Region' }]] } } },
  Queue: { Type: 'AWS::SQS::Queue' },
};

test.each<[unknown, unknown]>([
  ['text', 'text'],
  [{ a: [1, true, null] }, { a: [1, true, null] }],
  [{}, {}],
  [{ Ref: 'AWS::AccountId' }, '123456789012'],
  [{ Ref: 'Prod' }, 'prod'],
  [{ Ref: 'Chat' }, 'Chat'],
  [{ 'Fn::GetAtt': ['Chat', 'Arn'] }, 'arn:aws:lambda:us-east-1:123456789012:function:Chat'],
  [{ 'Fn::GetAtt': 'Named.Arn' }, 'arn:aws:lambda:us-east-1:123456789012:function:chat-us-east-1'],
  [{ 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, 'x']] }, 'arn:aws:x'],
  [{ 'Fn::Select': ['1', { 'Fn::Split': [':', { 'Fn::GetAtt': ['Chat', 'Arn'] }] }] }, 'aws'],
  [{ 'Fn::Sub': 'a-${AWS::Region}-${Chat.Arn}-${Prod}-${!literal}' },
    'a-us-east-1-arn:aws:lambda:us-east-1:123456789012:function:Chat-prod-${literal}'],
  [{ 'Fn::Sub': ['${stage}/${Chat}', { stage: { Ref: 'Prod' } }] }, 'prod/Chat'],
])('%j resolves to %j', (value, expected) => {
  expect(resolve(value, resources)).toEqual(expected);
});

test('ids are stable and differ between resources', () => {
  expect(resolve({ Ref: 'Api' }, resources)).toBe(resolve({ Ref: 'Api' }, resources));
  expect(resolve({ Ref: 'Api' }, resources)).not.toBe(resolve({ Ref: 'OtherApi' }, resources));
});

test.each<[unknown, string]>([
  [{ Ref: 'Queue' }, 'Ref to Queue (AWS::SQS::Queue) is not resolved here'],
  [{ Ref: 'Absent' }, 'Ref to Absent (no resource of this template) is not resolved here'],
  [{ 'Fn::GetAtt': ['Chat', 'SnapStartResponse.ApplyOn'] }, 'Fn::GetAtt of Chat.SnapStartResponse.ApplyOn (AWS::Lambda::Function) is not resolved here'],
  [{ 'Fn::ImportValue': 'x' }, 'Fn::ImportValue is not resolved here'],
  [{ nested: [{ 'Fn::If': ['A', 1, 2] }] }, 'Fn::If is not resolved here'],
])('fails on %j', (value, message) => {
  expect(() => resolve(value, resources)).toThrow(message);
});
