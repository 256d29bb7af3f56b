import type { ClaimRules } from './claims';
import type { TokenSource } from './token-source';

/** What the function's environment says. */
export interface Configuration {
  readonly jwksUri: string;
  readonly rules: ClaimRules;
  /** Execution ARNs; without them every API that this function is the authorizer of. */
  readonly authorizedApis?: readonly string[];
  readonly tokenSources: readonly TokenSource[];
}

type Environment = Record<string, string | undefined>;

/** As the Python function that this one succeeds. */
const DEFAULT_TOKEN_SOURCES = 'header:Authorization,querystring:authorization';

/**
 * Read the environment: the public contract with everybody who deploys the bundle without the construct.
 *
 * @throws Error that names the variable, the rule, a valid example and the value found
 */
export function readEnvironment(env: Environment): Configuration {
  return {
    jwksUri: readKeyUrl(env),
    rules: {
      issuer: readIssuer(env),
      audiences: readAudiences(env),
      verifyExpiration: readSwitch(env, 'JWT_VERIFY_EXPIRATION', true),
    },
    authorizedApis: readList(env, 'AUTHORIZED_APIS', EXECUTION_ARN,
      "execution ARNs of at most 512 characters such as 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod'"),
    tokenSources: readTokenSources(env),
  };
}

/** Of an API, a stage or its `$connect`. No wildcard before the stage: an entry names one API. */
const EXECUTION_ARN = /^(?=.{1,512}$)arn:aws[a-z-]*:execute-api:[a-z0-9-]+:\d{12}:[a-z0-9]+(\/[\w$*?.-]+(\/(\*|\$connect))?)?$/;

/** Written out: URL parsers forgive blanks, backslashes and missing slashes. The path may hold an '@', as Firebase's does. */
const KEY_URL = /^https:\/\/[a-zA-Z0-9.-]+(:\d+)?([/?][^\s\\#]*)?$/;

function readKeyUrl(env: Environment): string {
  const name = 'JWT_ISSUER_JWKS_URI';
  const rule = "an https URL such as 'https://tenant.example.com/.well-known/jwks.json'";
  const text = env[name];
  if (text === undefined || !KEY_URL.test(text) || !URL.canParse(text)) {
    throw malformed(name, rule, text);
  }
  return text;
}

/** A variable that is there but empty is a mistake, and must not switch the check off. */
function readIssuer(env: Environment): string | undefined {
  const name = 'JWT_ISSUER';
  const text = env[name];
  if (text !== undefined && !/^\S(.*\S)?$/.test(text)) {
    throw malformed(name, "the issuer's identifier without blanks around it such as 'https://tenant.example.com/'", text);
  }
  return text;
}

function readAudiences(env: Environment): readonly string[] | undefined {
  const [list, any] = ['JWT_AUTHORIZED_AUDIENCES', 'JWT_ACCEPT_ANY_AUDIENCE'];
  const rule = `audiences such as 'https://chat.example.com', not in quotes or brackets, and no '*'; to accept any, set ${any}=true and leave it out`;
  const audiences = readList(env, list, /^(?!\*$)[^"[\]]+$/, rule);
  const acceptAny = readSwitch(env, any, false);
  if (audiences === undefined && !acceptAny) {
    throw malformed(list, rule, undefined);
  }
  if (audiences !== undefined && acceptAny) {
    throw malformed(any, `'false' or left out where ${list} lists audiences`, env[any]);
  }
  return audiences;
}

function readTokenSources(env: Environment): readonly TokenSource[] {
  const name = 'JWT_TOKEN_SOURCES';
  const sources = readList({ [name]: DEFAULT_TOKEN_SOURCES, ...env }, name, /^(header|querystring):[a-zA-Z0-9._-]+$/,
    "sources such as 'header:Authorization' or 'querystring:authorization'")!;
  return sources.map((source) => {
    const [kind, sourceName] = source.split(':');
    return { kind: kind as TokenSource['kind'], name: sourceName };
  });
}

/** A comma-separated list: blanks around items and empty items are ignored, and at least one is left. */
function readList(env: Environment, name: string, item: RegExp, rule: string): readonly string[] | undefined {
  const text = env[name];
  if (text === undefined) {
    return undefined;
  }
  const items = text.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');
  if (items.length === 0 || !items.every((entry) => item.test(entry))) {
    throw malformed(name, `a comma-separated list of ${rule}`, text);
  }
  return items;
}

function readSwitch(env: Environment, name: string, unsaid: boolean): boolean {
  const text = env[name]?.toLowerCase() ?? String(unsaid);
  if (text !== 'true' && text !== 'false') {
    throw malformed(name, "'true' or 'false'", env[name]);
  }
  return text === 'true';
}

function malformed(name: string, rule: string, text: string | undefined): Error {
  return new Error(`${name} must be ${rule}, got ${text === undefined ? 'nothing' : `'${text}'`}`);
}
