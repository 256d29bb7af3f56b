import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketApi, WebSocketRoute, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { JwtWebSocketAuthorizer } from '../../src';
import { attached, environmentOf, integration, newApi, newStack, PROPS } from '../support/stacks';

const newStage = (webSocketApi: WebSocketApi, stageName = 'prod', scope: Stack = Stack.of(webSocketApi)) =>
  new WebSocketStage(scope, `Stage-${webSocketApi.node.id}-${stageName}`, { webSocketApi, stageName });

/** CloudFormation's intrinsics as text, so that an ARN can be read. */
function flat(value: any): string {
  if (value['Fn::Join']) {
    return value['Fn::Join'][1].map(flat).join(value['Fn::Join'][0]);
  }
  return value.Ref ?? value['Fn::GetAtt']?.join('.') ?? (typeof value === 'string' ? value : JSON.stringify(value));
}

const permissionsOf = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Permission'))
  .filter(({ Properties }) => flat(Properties.FunctionName).includes('Authorizer'))
  .map(({ Properties }) => flat(Properties.SourceArn));

test('serves $connect of an API', () => {
  const { stack } = attached();
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'CUSTOM' });
  template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { AuthorizerType: 'REQUEST', Name: 'JwtAuthorizer' });
  template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 1);
});

test('serves a route that is added later, and no other route has an authorizer', () => {
  const stack = newStack();
  const authorizer = new JwtWebSocketAuthorizer(stack, 'Authorizer', PROPS);
  const api = new WebSocketApi(stack, 'Api');
  api.addRoute('$connect', { integration: integration(stack), authorizer });
  api.addRoute('$default', { integration: integration(stack) });
  const routes = Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => [Properties.RouteKey, Properties.AuthorizationType]);
  expect(routes).toEqual([['$connect', 'CUSTOM'], ['$default', 'NONE']]);
});

test('fails on any other route', () => {
  const { api, authorizer, stack } = attached();
  expect(() => api.addRoute('$default', { integration: integration(stack), authorizer })).toThrow('$connect');
});

test('serves two APIs of one stack', () => {
  const { stack, authorizer } = attached();
  newApi(stack, authorizer, 'Other');
  Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Authorizer', 2);
  expect(permissionsOf(stack)).toEqual([
    expect.stringMatching(/:Api[^/]*\/authorizers\/ApiJwtAuthorizer/),
    expect.stringMatching(/:Other[^/]*\/authorizers\/OtherJwtAuthorizer/),
  ]);
});

test('serves two stages of one API', () => {
  const { stack, authorizer, api } = attached();
  for (const stageName of ['prod', 'staging']) {
    authorizer.authorize(newStage(api, stageName));
  }
  expect(flat(environmentOf(stack).AUTHORIZED_APIS).split(',')).toEqual([expect.stringMatching(/:Api\w+\/prod\/\*$/), expect.stringMatching(/:Api\w+\/staging\/\*$/)]);
  expect(permissionsOf(stack)).toEqual([
    expect.stringMatching(/\/prod\/\*$/), expect.stringMatching(/\/staging\/\*$/), expect.stringMatching(/\/authorizers\//),
  ]);
});

test('the same stage twice is no error', () => {
  const { stack, authorizer, api } = attached();
  const stage = newStage(api);
  authorizer.authorize(stage);
  authorizer.authorize(stage);
  expect(flat(environmentOf(stack).AUTHORIZED_APIS)).toMatch(/^[^,]*$/);
  expect(permissionsOf(stack)).toHaveLength(2);
});

test("a stage's permission has the same logical id in every environment", () => {
  const [dev, prod] = ['Dev', 'Prod'].map((environment) => {
    const { stack, authorizer, api } = attached({}, newStack('Chat', new Stage(new App(), environment)));
    authorizer.authorize(newStage(api));
    return Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Permission')).filter((id) => id.startsWith('AuthorizerStage'));
  });
  expect(dev).toEqual([expect.stringMatching(/^AuthorizerStageStageApiprod/)]);
  expect(prod).toEqual(dev);
});

test('authorizedApis lists stages that exist already', () => {
  const stack = newStack();
  const api = new WebSocketApi(stack, 'Api');
  const authorizer = new JwtWebSocketAuthorizer(stack, 'Authorizer', { ...PROPS, authorizedApis: [newStage(api)] });
  api.addRoute('$connect', { integration: integration(stack), authorizer });
  expect(flat(environmentOf(stack).AUTHORIZED_APIS)).toMatch(/^arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:Api\w+\/prod\/\*$/);
});

test.each([['aws-cn', 'cn-north-1'], ['aws-us-gov', 'us-gov-west-1']])('names no other partition in %s', (partition, region) => {
  const stack = newStack('Stack', new App(), { region, account: '123456789012' });
  const { authorizer, api } = attached({}, stack);
  authorizer.authorize(newStage(api));
  expect(flat(environmentOf(stack).AUTHORIZED_APIS)).toMatch(new RegExp(`^arn:(AWS::Partition|${partition}):execute-api:${region}:123456789012:`));
  expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('arn:aws:');
});

describe('with the function in one stack and the API in another', () => {
  function twoStacks() {
    const app = new App();
    const authorizer = new JwtWebSocketAuthorizer(newStack('FunctionStack', app), 'Authorizer', PROPS);
    const apiStack = newStack('ApiStack', app);
    return { app, authorizer, apiStack, functionStack: Stack.of(authorizer) };
  }

  test('the permission is in the stack of the API, and nothing goes round in circles', () => {
    const { app, authorizer, apiStack, functionStack } = twoStacks();
    newStage(newApi(apiStack, authorizer));
    expect(() => app.synth()).not.toThrow();
    expect(permissionsOf(apiStack)).toEqual([expect.stringMatching(/\/authorizers\//)]);
    expect(permissionsOf(functionStack)).toEqual([]);
  });

  test('fails where a stage is listed, whichever comes first, and names both ways out', () => {
    const attachedFirst = twoStacks();
    const stage = newStage(newApi(attachedFirst.apiStack, attachedFirst.authorizer));
    expect(() => attachedFirst.authorizer.authorize(stage)).toThrow(/^stage .* cannot be authorized: .*list no stage.*fromWebSocketApiAttributes/);

    const listedFirst = twoStacks();
    const api = new WebSocketApi(listedFirst.apiStack, 'Api');
    listedFirst.authorizer.authorize(newStage(api));
    expect(() => api.addRoute('$connect', { integration: integration(listedFirst.apiStack), authorizer: listedFirst.authorizer })).toThrow('cannot be authorized');
  });

  test('fails likewise where the API is in a nested stack, which synthesis would not notice', () => {
    const parent = newStack();
    const authorizer = new JwtWebSocketAuthorizer(parent, 'Authorizer', PROPS);
    const api = newApi(new NestedStack(parent, 'Nested'), authorizer);
    expect(() => authorizer.authorize(newStage(api))).toThrow('cannot be authorized');
  });

  test('a route may be beside the function where the API is in a nested stack', () => {
    const app = new App();
    const parent = newStack('Stack', app);
    const authorizer = new JwtWebSocketAuthorizer(parent, 'Authorizer', PROPS);
    const webSocketApi = new WebSocketApi(new NestedStack(parent, 'Nested'), 'Api');
    new WebSocketRoute(parent, 'ConnectRoute', { webSocketApi, routeKey: '$connect', integration: integration(parent), authorizer });
    expect(() => app.synth()).not.toThrow();
  });

  test('a function in a nested stack may serve an API of its parent, and list its stage', () => {
    const app = new App();
    const parent = newStack('Stack', app);
    const authorizer = new JwtWebSocketAuthorizer(new NestedStack(parent, 'Nested'), 'Authorizer', PROPS);
    authorizer.authorize(newStage(newApi(parent, authorizer)));
    expect(() => app.synth()).not.toThrow();
  });

  test('the way out: the API imported into the stack of the function, which may list the stage', () => {
    const { app, authorizer, apiStack, functionStack } = twoStacks();
    const api = new WebSocketApi(apiStack, 'Api');
    const stage = newStage(api);
    const webSocketApi = WebSocketApi.fromWebSocketApiAttributes(functionStack, 'Imported', { webSocketId: api.apiId });
    new WebSocketRoute(functionStack, 'ConnectRoute', { webSocketApi, routeKey: '$connect', integration: integration(functionStack), authorizer });
    authorizer.authorize(stage);
    expect(() => app.synth()).not.toThrow();
    expect(permissionsOf(functionStack)).toEqual([expect.stringMatching(/\/prod\/\*$/), expect.stringMatching(/\/authorizers\//)]);
    expect(apiStack.dependencies).toEqual([]);
  });

  test('fails where the route is in the stack of the function and the API is not imported', () => {
    const { authorizer, apiStack, functionStack } = twoStacks();
    const webSocketApi = new WebSocketApi(apiStack, 'Api');
    expect(() => new WebSocketRoute(functionStack, 'ConnectRoute', { webSocketApi, routeKey: '$connect', integration: integration(functionStack), authorizer }))
      .toThrow(/each stack would need the other first.*fromWebSocketApiAttributes/);
  });
});

test('serves an imported API, and a stage of it', () => {
  const stack = newStack();
  const webSocketApi = WebSocketApi.fromWebSocketApiAttributes(stack, 'Api', { webSocketId: 'a1b2c3d4e5' });
  const authorizer = new JwtWebSocketAuthorizer(stack, 'Authorizer', {
    ...PROPS, authorizedApis: [WebSocketStage.fromWebSocketStageAttributes(stack, 'Prod', { api: webSocketApi, stageName: 'prod' })],
  });
  new WebSocketRoute(stack, 'ConnectRoute', { webSocketApi, routeKey: '$connect', integration: integration(stack), authorizer });
  expect(permissionsOf(stack).sort()).toEqual([
    expect.stringMatching(/:a1b2c3d4e5\/authorizers\//), 'arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:a1b2c3d4e5/prod/*',
  ]);
});

test('fails at synthesis where stages are listed, and none of an API that it is attached to', () => {
  const app = new App();
  const { stack, authorizer, api } = attached({}, newStack('Stack', app));
  newApi(stack, authorizer, 'Forgotten');
  authorizer.authorize(newStage(api));
  expect(() => app.synth()).toThrow(/no token opens Stack\/Forgotten: .*authorize\(stage\)/);
});

test('fails for a stage name that would not stay one item of a list', () => {
  const stack = newStack();
  const api = WebSocketApi.fromWebSocketApiAttributes(stack, 'Api', { webSocketId: 'a1b2c3d4e5' });
  const stage = WebSocketStage.fromWebSocketStageAttributes(stack, 'Prod', { api, stageName: 'prod,*' });
  expect(() => new JwtWebSocketAuthorizer(stack, 'Authorizer', { ...PROPS, authorizedApis: [stage] })).toThrow(/^authorizedApis must be stages whose name .*got "prod,\*"/);
});

test('fails for an execution ARN of more than 512 characters', () => {
  const stack = newStack();
  const api = WebSocketApi.fromWebSocketApiAttributes(stack, 'Api', { webSocketId: 'a'.repeat(500) });
  const stage = WebSocketStage.fromWebSocketStageAttributes(stack, 'Prod', { api, stageName: 'prod' });
  expect(() => new JwtWebSocketAuthorizer(stack, 'Authorizer', { ...PROPS, authorizedApis: [stage] })).toThrow(/^authorizedApis must be .*512 characters/);
});
