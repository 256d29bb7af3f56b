import { ALGORITHMS } from './algorithms';
import { Refusal } from './reasons';

/** What the header may say about the key; the key decides whether it is so. */
export interface TokenHeader {
  readonly alg: string;
  /** Absent: the provider has a single key. */
  readonly kid?: string;
}

/** ID and access tokens; a logout token, a security event or a DPoP proof says so in `typ` (RFC 8725, section 3.11). */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt']);

/** Each changes what a signature or a payload means; none is used by providers of access tokens. */
const REFUSED_PARAMETERS = ['crit', 'b64', 'zip', 'cty'];

/**
 * Check the header of a token (RFC 7515, section 4.1).
 *
 * `jwk`, `jku` and `x5*` are ignored: a token does not bring its own key.
 *
 * @throws Refusal
 */
export function checkHeader(header: Record<string, unknown>): TokenHeader {
  const { alg, typ, kid } = header;
  if (typeof alg !== 'string' || !ALGORITHMS.has(alg)) {
    throw new Refusal('unsupported_alg');
  }
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.has(typ.toLowerCase().replace(/^application\//, '')))) {
    throw new Refusal('unsupported_typ');
  }
  if (REFUSED_PARAMETERS.some((parameter) => header[parameter] !== undefined)) {
    throw new Refusal('unsupported_header');
  }
  if (kid === undefined) {
    return { alg };
  }
  if (typeof kid !== 'string' || kid.length < 1 || kid.length > 256) {
    throw new Refusal('malformed_kid');
  }
  return { alg, kid };
}
