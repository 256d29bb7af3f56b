import { App, Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { JwtWebSocketAuthorizer, TokenSource, type JwtWebSocketAuthorizerProps } from '../../src';
import { attached, environmentOf, newStack, PROPS, verifierOf, warningsOf } from '../support/stacks';

describe('the environment', () => {
  test('of the common case', () => {
    expect(environmentOf(attached().stack)).toEqual({
      JWT_ISSUER_JWKS_URI: 'https://tenant.example.com/.well-known/jwks.json',
      JWT_ISSUER: 'https://tenant.example.com/',
      JWT_AUTHORIZED_AUDIENCES: 'https://chat.example.com',
      JWT_VERIFY_EXPIRATION: 'true',
      JWT_TOKEN_SOURCES: 'querystring:authorization',
    });
  });

  test('of every choice', () => {
    const { stack } = attached({
      issuer: undefined,
      audiences: undefined,
      acceptAnyAudience: true,
      verifyExpiration: false,
      tokenSources: [TokenSource.header(), TokenSource.queryString('token')],
    });
    expect(environmentOf(stack)).toEqual({
      JWT_ISSUER_JWKS_URI: 'https://tenant.example.com/.well-known/jwks.json',
      JWT_ACCEPT_ANY_AUDIENCE: 'true',
      JWT_VERIFY_EXPIRATION: 'false',
      JWT_TOKEN_SOURCES: 'header:Authorization,querystring:token',
    });
  });

  test("takes Firebase's key URL, which has an '@' in its path", () => {
    const jwksUri = 'https://www.googleapis.com/service_accounts/v1/metadata/x509/securetoken@system.gserviceaccount.com';
    expect(environmentOf(attached({ jwksUri }).stack)).toMatchObject({ JWT_ISSUER_JWKS_URI: jwksUri });
  });

  test('takes CDK tokens as key URL, issuer and audience', () => {
    const stack = newStack();
    attached({ jwksUri: Fn.importValue('Keys'), issuer: Fn.importValue('Issuer'), audiences: ['one', Fn.importValue('Audience')] }, stack);
    expect(environmentOf(stack)).toMatchObject({
      JWT_ISSUER_JWKS_URI: { 'Fn::ImportValue': 'Keys' },
      JWT_ISSUER: { 'Fn::ImportValue': 'Issuer' },
      JWT_AUTHORIZED_AUDIENCES: { 'Fn::Join': ['', ['one,', { 'Fn::ImportValue': 'Audience' }]] },
    });
  });
});

describe('the function', () => {
  test('runs the bundle on Node 24, on arm64, with memory, timeout and JSON logs', () => {
    expect(verifierOf(attached().stack)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 256,
      Timeout: 10,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.stringMatching(/^AuthorizerLogGroup/) } },
    });
  });

  test('is tuned in the usual types', () => {
    const stack = newStack();
    attached({ memorySize: 512, timeout: Duration.seconds(20), logRetention: RetentionDays.ONE_WEEK }, stack);
    expect(verifierOf(stack)).toMatchObject({ MemorySize: 512, Timeout: 20 });
    Template.fromStack(stack).hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  test('has a log group of its own that keeps a month, or the one that is given', () => {
    Template.fromStack(attached().stack).hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });

    const stack = newStack();
    const logGroup = new LogGroup(stack, 'Mine');
    const { authorizer } = attached({ logGroup }, stack);
    expect(authorizer.logGroup).toBe(logGroup);
    expect(verifierOf(stack).LoggingConfig.LogGroup).toEqual({ Ref: expect.stringMatching(/^Mine/) });
    expect(Object.keys(Template.fromStack(stack).findResources('AWS::Logs::LogGroup'))).not.toContainEqual(expect.stringMatching(/^Authorizer/));
  });

  test('runs in a VPC', () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1 });
    attached({
      vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS }, securityGroups: [new SecurityGroup(stack, 'Group', { vpc })],
    }, stack);
    expect(verifierOf(stack).VpcConfig).toMatchObject({
      SubnetIds: [{ Ref: expect.stringMatching(/PrivateSubnet/) }],
      SecurityGroupIds: [{ 'Fn::GetAtt': [expect.stringMatching(/^Group/), 'GroupId'] }],
    });
  });
});

describe('the identity source', () => {
  const sourcesOf = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Authorizer'))[0].Properties.IdentitySource;

  test.each([
    [undefined, 'route.request.querystring.authorization'],
    [[TokenSource.queryString()], 'route.request.querystring.authorization'],
    [[TokenSource.queryString('token')], 'route.request.querystring.token'],
    [[TokenSource.header()], 'route.request.header.Authorization'],
    [[TokenSource.header('X-Token')], 'route.request.header.X-Token'],
  ])('is the single source', (tokenSources, identitySource) => {
    expect(sourcesOf(attached({ tokenSources }).stack)).toEqual([identitySource]);
  });

  test('is empty for several, because API Gateway would demand them all', () => {
    expect(sourcesOf(attached({ tokenSources: [TokenSource.header(), TokenSource.queryString()] }).stack)).toEqual([]);
  });
});

describe('warnings', () => {
  test('none in the common case', () => {
    expect(warningsOf(attached().stack)).toEqual([]);
  });

  test('no issuer', () => {
    expect(warningsOf(attached({ issuer: undefined }).stack)).toEqual([expect.stringMatching(/^no issuer: .*'https:\/\/tenant/)]);
  });

  test('no expiry check', () => {
    expect(warningsOf(attached({ verifyExpiration: false }).stack)).toEqual([expect.stringMatching(/^verifyExpiration is false/)]);
  });
});

describe('fails at once', () => {
  const token = Token.asString({ Ref: 'Something' });

  test.each<[string, Partial<JwtWebSocketAuthorizerProps>, string]>([
    ['an http key URL', { jwksUri: 'http://tenant.example.com/' }, "jwksUri must be an https URL such as 'https://tenant.example.com/.well-known/jwks.json', got \"http://tenant.example.com/\""],
    ['a data key URL', { jwksUri: 'data:application/json,{}' }, 'jwksUri must be'],
    ['a key URL with user info', { jwksUri: 'https://user@tenant.example.com/' }, 'jwksUri must be'],
    ['a key URL that is none', { jwksUri: 'tenant.example.com' }, 'jwksUri must be'],
    ['an empty key URL', { jwksUri: '' }, 'jwksUri must be'],
    ['no key URL, from JavaScript', { jwksUri: undefined as unknown as string }, 'got nothing'],
    ['an empty issuer', { issuer: '' }, "issuer must be the issuer's identifier"],
    ['no audience', { audiences: undefined }, "audiences must be a list of audiences such as ['https://chat.example.com'], or left out with acceptAnyAudience: true, got nothing"],
    ['an empty list of audiences', { audiences: [] }, 'audiences must be a list of audiences such as'],
    ['audiences and any audience', { acceptAnyAudience: true }, 'acceptAnyAudience must be left out where audiences are listed'],
    ['a missing audience, from JavaScript', { audiences: [undefined as unknown as string] }, 'audiences must be'],
    ['an item of a list that is a token', { audiences: ['one', ...Token.asList({ Ref: 'Something' })] }, 'got a CDK list token'],
    ['an issuer that is an item of a list token', { issuer: Token.asList({ Ref: 'Something' })[0] }, 'got a CDK list token'],
    ['an issuer with blanks around it', { issuer: 'https://tenant.example.com/\n' }, 'issuer must be'],
    ['a key URL that a parser would mend', { jwksUri: 'https:tenant.example.com/keys' }, 'jwksUri must be'],
    ['a key URL with a forgotten interpolation', { jwksUri: 'https://${tenant}.example.com/keys' }, 'jwksUri must be'],
    ['a key URL with a fragment', { jwksUri: 'https://tenant.example.com/#keys' }, 'jwksUri must be'],
    ['no stage in a list of stages', { authorizedApis: [] }, 'authorizedApis must be a list of stages such as [stage], or left out'],
    ['one header in two cases', { tokenSources: [TokenSource.header('x-token'), TokenSource.header('X-Token')] }, 'tokenSources must be'],
    ['too little memory', { memorySize: 64 }, 'memorySize must be a number of MiB from 128 to 10240 such as 256, got 64'],
    ['memory that is no number', { memorySize: NaN }, 'memorySize must be a number of MiB from 128 to 10240 such as 256, got NaN'],
    ['a switch as text, from the command line', { audiences: undefined, acceptAnyAudience: 'false' as unknown as boolean }, 'acceptAnyAudience must be true or false, got "false"'],
    ['the other switch as text', { verifyExpiration: 'false' as unknown as boolean }, 'verifyExpiration must be true or false, got "false"'],
    ['one audience and no list, from JavaScript', { audiences: 'chat' as unknown as string[] }, 'audiences must be a list of audiences'],
    ['an audience that is no text, from JavaScript', { audiences: [{} as unknown as string] }, 'audiences must be'],
    ['an issuer that is no text, from JavaScript', { issuer: null as unknown as string }, 'issuer must be'],
    ['another scheme before a token', { jwksUri: `http://${token}/keys` }, 'jwksUri must be an https URL'],
    ['a timeout that nobody waits for', { timeout: Duration.minutes(1) }, 'timeout must be'],
    ['a timeout of half a second', { timeout: Duration.millis(5500) }, 'timeout must be'],
    ['an empty audience', { audiences: [''] }, 'audiences must be a list of non-empty audiences'],
    ['a blank audience', { audiences: [' '] }, 'audiences must be'],
    ['a comma in an audience', { audiences: ['one,two'] }, 'audiences must be'],
    ['an audience in quotes, which the function would refuse', { audiences: ['"chat"'] }, 'audiences must be a list of non-empty audiences'],
    ['a wildcard audience', { audiences: ['*'] }, 'audiences must be'],
    ['a list of audiences that is a token', { audiences: Token.asList({ Ref: 'Something' }) }, 'got a CDK list token'],
    ['no token source', { tokenSources: [] }, 'tokenSources must be a list of different sources such as [TokenSource.queryString()], got []'],
    ['a token source twice', { tokenSources: [TokenSource.header(), TokenSource.header()] }, 'tokenSources must be'],
    ['a timeout below the wait for keys', { timeout: Duration.seconds(3) }, 'timeout must be 5 to 29 whole seconds such as Duration.seconds(10), because a connection waits up to 4 seconds for keys, got "3 seconds"'],
    ['subnets without VPC', { vpcSubnets: {} }, 'vpc must be given'],
    ['security groups without VPC', { securityGroups: [] }, 'vpc must be given'],
  ])('for %s', (_, props, message) => {
    expect(() => new JwtWebSocketAuthorizer(newStack(), 'Authorizer', { ...PROPS, ...props })).toThrow(message);
  });

  test('for a log group and a retention', () => {
    const stack = newStack();
    expect(() => new JwtWebSocketAuthorizer(stack, 'Authorizer', { ...PROPS, logGroup: new LogGroup(stack, 'Mine'), logRetention: RetentionDays.ONE_DAY }))
      .toThrow('logRetention must be left out where logGroup is given');
  });

  test.each([
    ['a blank', () => TokenSource.queryString('my token')],
    ['an empty name', () => TokenSource.queryString('')],
    ['a character that no identity source has', () => TokenSource.header('X:Token')],
    ['a CDK token', () => TokenSource.header(token)],
  ])('for %s in the name of a source', (_, create) => {
    expect(create).toThrow(/(queryString|header)\(name\) must be of letters, digits, '\.', '_' and '-' such as/);
  });
});

test('fails at synthesis where it is attached to no route', () => {
  const app = new App();
  new JwtWebSocketAuthorizer(newStack('Stack', app), 'Authorizer', PROPS);
  expect(() => app.synth()).toThrow(/attached to no route: pass it as connectRouteOptions\.authorizer/);
});
