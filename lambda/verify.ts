import { compactVerify, errors } from 'jose';
import { ALGORITHMS } from './algorithms';
import { checkClaims, type ClaimRules, type Grant } from './claims';
import { checkHeader } from './header';
import type { KeyCache } from './key-cache';
import type { VerificationKey } from './key-set';
import { Refusal } from './reasons';
import { decodeToken, type DecodedToken } from './token';

/** What became known of a token on the way to the decision, for the decision log. */
export interface Findings {
  /** A supported one. */
  alg?: string;
  /** The configured issuer, if the token names it. */
  issuer?: string;
  /** As the token says, or of the key that was found for it: to be logged only if such a key is held. */
  kid?: string;
}

/**
 * Verify a token: its form, its header, its claims, and last, with a key, its signature.
 *
 * @param findings are filled in as they become known, also when the token is refused
 * @throws Refusal, or KeysUnavailable where no key can be had to decide with
 */
export async function verify(token: string, rules: ClaimRules, keys: KeyCache, findings: Findings): Promise<Grant> {
  const decoded = decodeToken(token);
  Object.assign(findings, inspect(decoded, rules));
  const { alg, kid } = checkHeader(decoded.header);
  const grant = checkClaims(decoded.payload, rules, Date.now() / 1000);
  const key = await keys.find(kid, alg);
  findings.kid = key.kid;
  await checkSignature(decoded.compact, alg, key);
  return grant;
}

function inspect({ header: { alg, kid }, payload: { iss } }: DecodedToken, { issuer }: ClaimRules): Findings {
  return {
    alg: typeof alg === 'string' && ALGORITHMS.has(alg) ? alg : undefined,
    issuer: iss === issuer ? issuer : undefined,
    kid: typeof kid === 'string' ? kid : undefined,
  };
}

async function checkSignature(token: string, alg: string, key: VerificationKey): Promise<void> {
  try {
    await compactVerify(token, key.publicKey, { algorithms: [alg] });
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      throw new Refusal('bad_signature');
    }
    throw error;
  }
}
