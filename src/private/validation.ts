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
  return typeof got === 'string' && Token.isUnresolved(got) ? 'a CDK token, whose text is not known at synthesis' : JSON.stringify(got);
}

/** Checks what a token turns out to be only when the function loads. */
export function requireKeyUrl(url: string): string {
  const rule = "an https URL without user info such as 'https://tenant.example.com/.well-known/jwks.json'";
  if (!Token.isUnresolved(url)) {
    const parsed = URL.canParse(url ?? '') ? new URL(url) : undefined;
    if (parsed?.protocol !== 'https:' || parsed.username !== '' || parsed.password !== '' || url !== url.trim()) {
      throw mistake('jwksUri', rule, url);
    }
  }
  return url;
}

export function requireIssuer(issuer: string): string {
  if (issuer.trim() === '') {
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
  const rule = "a list of audiences such as ['https://chat.example.com'], or left out with acceptAnyAudience: true";
  if (acceptAny !== (audiences === undefined)) {
    throw mistake('audiences', rule, audiences);
  }
  if (audiences === undefined) {
    return undefined;
  }
  requireItems('audiences', rule, audiences);
  for (const audience of audiences) {
    // A list is one variable in the function's environment, so an item holds none of what parts or trims a list.
    if (!Token.isUnresolved(audience) && (audience === '*' || audience.includes(',') || audience.trim() !== audience || audience === '')) {
      throw mistake('audiences', "a list of non-empty audiences without comma or '*' or surrounding blanks such as ['https://chat.example.com']", audiences);
    }
  }
  return audiences;
}

/** At least one item, and known at synthesis how many. */
export function requireItems(prop: string, rule: string, items: unknown[]): void {
  if (items.length === 0) {
    throw mistake(prop, rule, items);
  }
  if (Token.isUnresolved(items)) {
    throw new Error(`${prop} must be ${rule}, got a CDK list token: how many items it has is not known at synthesis`);
  }
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
