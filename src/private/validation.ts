import { StringConcat, Token, Tokenization } from 'aws-cdk-lib';

/**
 * A mistake in a prop, told at synthesis: what it must be, and what it was.
 *
 * A plain Error, because aws-cdk-lib keeps its ValidationError to itself.
 */
export function mistake(prop: string, rule: string, got: unknown): Error {
  return new Error(`${prop} must be ${rule}, got ${show(got)}`);
}

function show(got: unknown): string {
  if (got === undefined) {
    return 'nothing';
  }
  if ([got].flat().some(isListToken)) {
    return 'a CDK list token: how many items it has is not known at synthesis';
  }
  if (typeof got === 'string' && Token.isUnresolved(got)) {
    return 'a CDK token, whose text is not known at synthesis';
  }
  return typeof got === 'number' ? String(got) : JSON.stringify(got);
}

/** Context from the command line is text, and the text 'false' is true to JavaScript. */
export function requireBoolean(prop: string, value: boolean): boolean {
  if (typeof value !== 'boolean') {
    throw mistake(prop, 'true or false', value);
  }
  return value;
}

/** Written out: URL parsers forgive blanks, backslashes and missing slashes. The path may hold an '@', as Firebase's does. */
const KEY_URL = /^https:\/\/[a-zA-Z0-9.-]+(:\d+)?([/?][^\s\\#]*)?$/;

/** Of a token, the function checks the text when it loads. */
export function requireKeyUrl(url: string): string {
  const valid = Token.isUnresolved(url)
    ? !/^(?!https:)[a-z]+:/i.test(url) // the scheme may be known where the rest is not
    : KEY_URL.test(url) && URL.canParse(url);
  if (!valid) {
    throw mistake('jwksUri', "an https URL such as 'https://tenant.example.com/.well-known/jwks.json'", url);
  }
  return url;
}

export function requireIssuer(issuer: string): string {
  if (typeof issuer !== 'string' || isListToken(issuer) || (!Token.isUnresolved(issuer) && !/^\S(.*\S)?$/.test(issuer))) {
    throw mistake('issuer', "the issuer's identifier, exactly as in the claim 'iss', such as 'https://tenant.example.com/'", issuer);
  }
  return issuer;
}

/**
 * @param audiences that tokens must be meant for
 * @param acceptAny said in so many words; the one alternative to a list
 * @returns undefined where any audience is accepted
 */
export function requireAudiences(audiences: string[] | undefined, acceptAny: boolean): string[] | undefined {
  if (audiences === undefined && acceptAny) {
    return undefined;
  }
  if (acceptAny) {
    throw mistake('acceptAnyAudience', "left out where audiences are listed, such as ['https://chat.example.com']", acceptAny);
  }
  requireItems('audiences', "a list of audiences such as ['https://chat.example.com'], or left out with acceptAnyAudience: true", audiences);
  // The list is one variable in the function's environment, so an item holds nothing that the function would part, trim or refuse there.
  if (!audiences.every((audience) => Token.isUnresolved(audience) || (typeof audience === 'string' && /^(?!\*$)[^\s,"[\]]([^,"[\]]*[^\s,"[\]])?$/.test(audience)))) {
    throw mistake('audiences', "a list of non-empty audiences without comma, quotes, brackets, '*' or surrounding blanks such as ['https://chat.example.com']", audiences);
  }
  return audiences;
}

/** At least one item, and known at synthesis how many. */
export function requireItems<T>(prop: string, rule: string, items: T[] | undefined): asserts items is T[] {
  if (!Array.isArray(items) || items.length === 0 || items.some((item) => item === undefined || item === null || isListToken(item))) {
    throw mistake(prop, rule, items);
  }
}

/** An item of a list that CloudFormation fills in stands for all of them. */
function isListToken(item: unknown): boolean {
  return typeof item === 'string' && Token.isUnresolved([item]);
}

/** The characters that API Gateway allows in an identity source. */
export function requireName(prop: string, example: string, name: string): string {
  if (Token.isUnresolved(name) || !/^[a-zA-Z0-9._-]+$/.test(name)) {
    throw mistake(prop, `of letters, digits, '.', '_' and '-' such as '${example}'`, name);
  }
  return name;
}

/** API Gateway refuses a policy with a longer Resource, at the first connection. Tokens count as nothing here. */
export function requireShortArn(arn: string): string {
  const known = Tokenization.reverseString(arn).mapTokens({ mapToken: () => '' }).join(new StringConcat()) as string;
  if (known.length > 512) {
    throw mistake('authorizedApis', "stages whose execution ARN has at most 512 characters such as 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/*'",
      `…${known.slice(-40)} (${known.length} characters without its tokens)`);
  }
  return arn;
}
