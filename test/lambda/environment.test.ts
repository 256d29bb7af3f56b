import { readEnvironment } from '../../lambda/environment';

const ENV = { JWT_ISSUER_JWKS_URI: 'https://tenant.example.com/jwks.json', JWT_AUTHORIZED_AUDIENCES: 'chat' };
const API = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5';
const read = (env: Record<string, string | undefined>) => readEnvironment({ ...ENV, ...env });

test('what the predecessor was configured by is enough', () => {
  expect(read({ JWT_AUTHORIZED_AUDIENCES: ' chat, ,shop,', JWT_VERIFY_EXPIRATION: 'False', AUTHORIZED_APIS: `${API}/prod/*,${API}` })).toEqual({
    jwksUri: 'https://tenant.example.com/jwks.json',
    rules: { issuer: undefined, audiences: ['chat', 'shop'], verifyExpiration: false },
    authorizedApis: [`${API}/prod/*`, API],
    tokenSources: [{ kind: 'header', name: 'Authorization' }, { kind: 'querystring', name: 'authorization' }],
  });
});

test('defaults are the strict ones', () => {
  expect(read({})).toMatchObject({ rules: { verifyExpiration: true }, authorizedApis: undefined });
});

test.each([API, `${API}/*`, `${API}/*/*`, `${API}/prod`, `${API}/prod/*`, `${API}/prod/$connect`, `${API}/pro?`])('%s can open something', (arn) => {
  expect(read({ AUTHORIZED_APIS: arn }).authorizedApis).toEqual([arn]);
});

test("Firebase's key URL has an '@' in its path", () => {
  const url = 'https://www.googleapis.com/service_accounts/v1/metadata/x509/securetoken@system.gserviceaccount.com';
  expect(read({ JWT_ISSUER_JWKS_URI: url }).jwksUri).toBe(url);
});

test('our own variables', () => {
  expect(read({
    JWT_ISSUER: 'https://tenant.example.com/', JWT_ACCEPT_ANY_AUDIENCE: 'TRUE', JWT_AUTHORIZED_AUDIENCES: undefined, JWT_TOKEN_SOURCES: 'header:X-Token',
  })).toMatchObject({
    rules: { issuer: 'https://tenant.example.com/', audiences: undefined },
    tokenSources: [{ kind: 'header', name: 'X-Token' }],
  });
});

test.each<[string, string | undefined]>([
  ['JWT_ISSUER_JWKS_URI', undefined],
  ['JWT_ISSUER_JWKS_URI', ''],
  ['JWT_ISSUER_JWKS_URI', 'tenant.example.com'],
  ['JWT_ISSUER_JWKS_URI', 'http://tenant.example.com/jwks.json'],
  ['JWT_ISSUER_JWKS_URI', 'data:application/json,{}'],
  ['JWT_ISSUER_JWKS_URI', 'https://user:secret@tenant.example.com/'],
  ['JWT_ISSUER_JWKS_URI', 'https:tenant.example.com/keys'],
  ['JWT_ISSUER_JWKS_URI', 'https:\\\\tenant.example.com\\keys'],
  ['JWT_ISSUER_JWKS_URI', ' https://tenant.example.com/keys'],
  ['JWT_ISSUER_JWKS_URI', 'https://tenant.example.com/keys\n'],
  ['JWT_ISSUER_JWKS_URI', 'https://:secret@tenant.example.com/'],
  ['JWT_ISSUER_JWKS_URI', 'https://${tenant}.example.com/keys'],
  ['JWT_ISSUER', 'https://tenant.example.com/\n'],
  ['JWT_ISSUER', ''],
  ['JWT_ISSUER', ' '],
  ['JWT_AUTHORIZED_AUDIENCES', undefined],
  ['JWT_AUTHORIZED_AUDIENCES', ''],
  ['JWT_AUTHORIZED_AUDIENCES', ' , '],
  ['JWT_AUTHORIZED_AUDIENCES', 'chat,*'],
  ['JWT_AUTHORIZED_AUDIENCES', '["chat"]'],
  ['JWT_ACCEPT_ANY_AUDIENCE', ''],
  ['JWT_ACCEPT_ANY_AUDIENCE', 'yes'],
  ['JWT_VERIFY_EXPIRATION', ''],
  ['JWT_VERIFY_EXPIRATION', '0'],
  ['AUTHORIZED_APIS', ''],
  ['AUTHORIZED_APIS', '*'],
  ['AUTHORIZED_APIS', `${API},*`],
  ['AUTHORIZED_APIS', 'a1b2c3d4e5'],
  ['AUTHORIZED_APIS', 'arn:aws:execute-api:*:*:*'],
  ['AUTHORIZED_APIS', `${API}/${'x'.repeat(512)}`],
  ['AUTHORIZED_APIS', `${API}/`],
  ['AUTHORIZED_APIS', `${API}/prod/`],
  ['AUTHORIZED_APIS', `${API}/prod/*/*`],
  ['AUTHORIZED_APIS', `${API}/prod/$default`],
  ['JWT_TOKEN_SOURCES', ''],
  ['JWT_TOKEN_SOURCES', 'authorization'],
  ['JWT_TOKEN_SOURCES', 'body:authorization'],
  ['JWT_TOKEN_SOURCES', 'header:X Token'],
])('fails where %s is %j', (name, value) => {
  expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name} must be .*, got ${value === undefined ? 'nothing' : "'"}`));
});

test('fails where any audience is accepted and audiences are listed', () => {
  expect(() => read({ JWT_ACCEPT_ANY_AUDIENCE: 'true' })).toThrow("JWT_ACCEPT_ANY_AUDIENCE must be 'false' or left out where JWT_AUTHORIZED_AUDIENCES lists audiences, got 'true'");
});
