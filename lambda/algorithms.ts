/**
 * The signature algorithms (RFC 7518, RFC 8037, RFC 9864) that a token may name.
 *
 * Asymmetric ones only: no `none`, and no HMAC, whose key would be public here.
 */
export const ALGORITHMS: ReadonlySet<string> = new Set([
  'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519',
]);

/** `EdDSA` and `Ed25519` are two names of one algorithm (RFC 9864). */
export function sameAlgorithm(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

function canonical(alg: string): string {
  return alg === 'Ed25519' ? 'EdDSA' : alg;
}
