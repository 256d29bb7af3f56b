import { checkApi, readConnection } from '../../lambda/connection';
import { connectEvent } from '../support/event';

const API = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5';

test.each([
  [`${API}/prod/$connect`, 'prod'],
  ['arn:aws-cn:execute-api:cn-north-1:123456789012:a1b2c3d4e5/prod/$connect', 'prod'],
  ['arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:a1b2c3d4e5/my_stage-1/$connect', 'my_stage-1'],
])('reads %s', (methodArn, stage) => {
  expect(readConnection(connectEvent({ methodArn }))).toEqual({
    methodArn, stageArn: methodArn.replace('/$connect', ''), apiId: 'a1b2c3d4e5', stage,
  });
});

test.each([
  [undefined], [null], ['event'], [1], [[]], [{}],
  [connectEvent({ methodArn: undefined })],
  [connectEvent({ methodArn: null })],
  [connectEvent({ methodArn: [`${API}/prod/$connect`] })],
  [connectEvent({ methodArn: '*' })],
  [connectEvent({ methodArn: `${API}/prod/$default` })],
  [connectEvent({ methodArn: `${API}/*/$connect` })],
  [connectEvent({ methodArn: `${API}/prod/x/$connect` })],
  [connectEvent({ methodArn: `${API}/prod/$connect\n` })],
])('fails for %j', (event) => {
  expect(() => readConnection(event)).toThrow('malformed_event');
});

const connection = readConnection(connectEvent());

test.each([
  [undefined],
  [[`${API}/prod/*`]],
  [[`${API}/prod`]],
  [[`${API}/prod/$connect`]],
  [[`${API}/*`]],
  [[API]],
  [[`${API}/pro?`]],
  [[`${API}/${'*'.repeat(64)}`]],
  [['arn:aws:execute-api:eu-west-1:123456789012:other/prod/*', `${API}/prod/*`]],
])('%j opens prod', (authorizedApis) => {
  expect(() => checkApi(connection, authorizedApis)).not.toThrow();
});

test.each([
  [[`${API}/staging/*`]],
  [[`${API}/pro`]],
  [[`${API}/prod2`]],
  [[`${API}/prod/*/*`]], // as API Gateway reads it: no route of a WebSocket API has two parts
  [['arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e/prod/*']],
  [['arn:aws:execute-api:eu-west-1:210987654321:a1b2c3d4e5/prod/*']],
  [['arn.aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/*']],
])('%j does not open prod', (authorizedApis) => {
  expect(() => checkApi(connection, authorizedApis)).toThrow('api');
});
