import { Refusal } from './reasons';

/** A place in the handshake where a token may stand. */
export interface TokenSource {
  readonly kind: 'header' | 'querystring';
  readonly name: string;
}

type Values = Record<string, unknown> | null | undefined;

/**
 * Find the token of a handshake: that of the first source that holds one.
 *
 * Whoever checks and whoever acts must not see different tokens, so two that differ, in one source or in two,
 * are none.
 *
 * @param event of a REQUEST authorizer; its `headers` and `queryStringParameters` may be null or absent
 * @throws Refusal `no_token` or `ambiguous_token`
 */
export function findToken(event: unknown, sources: readonly TokenSource[]): string {
  const request = event as Record<string, Values>;
  const tokens = new Set(sources.flatMap((source) => readSource(request, source)));
  if (tokens.size > 1) {
    throw new Refusal('ambiguous_token');
  }
  const [token] = tokens;
  if (token === undefined) {
    throw new Refusal('no_token');
  }
  return token;
}

function readSource(request: Record<string, Values>, { kind, name }: TokenSource): string[] {
  if (kind === 'querystring') {
    const named = (key: string) => key === name;
    return [...valuesOf(request.multiValueQueryStringParameters, named), ...valuesOf(request.queryStringParameters, named)];
  }
  // Header names are not case-sensitive, and API Gateway hands them on as the client wrote them.
  const named = (key: string) => key.toLowerCase() === name.toLowerCase();
  return [...valuesOf(request.multiValueHeaders, named), ...valuesOf(request.headers, named)].map(credentials).filter((token) => token !== '');
}

/** Every non-empty string under the key; API Gateway sends a list in the `multiValue` members, a string in the others. */
function valuesOf(values: Values, wanted: (key: string) => boolean): string[] {
  return Object.entries(values ?? {})
    .filter(([key]) => wanted(key))
    .flatMap(([, value]) => value)
    .filter((value): value is string => typeof value === 'string' && value.trim() !== '');
}

/** What follows `Bearer` (RFC 6750, section 2.1), or a header that holds the token alone; empty for other schemes. */
function credentials(header: string): string {
  const value = header.trim();
  const blank = value.search(/\s/);
  const scheme = blank < 0 ? value : value.slice(0, blank);
  if (scheme.toLowerCase() === 'bearer') {
    return value.slice(scheme.length).trim();
  }
  return blank < 0 ? value : '';
}
