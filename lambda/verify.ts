import { compactVerify, errors } from 'jose';
import { checkClaims, type ClaimRules, type Grant } from './claims';
import { checkHeader } from './header';
import type { KeyCache } from './key-cache';
import type { VerificationKey } from './key-set';
import { Refusal } from './reasons';
import { decodeToken } from './token';

/** What became known of a token on the way to the decision, for the decision log. */
export interface Findings {
  alg?: string;
  /** The configured issuer, once the token has named it. */
  issuer?: string;
  /** Of a key that is held, never what a stranger wrote. */
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
  const { alg, kid } = checkHeader(decoded.header);
  findings.alg = alg;
  if (rules.issuer !== undefined && decoded.payload.iss === rules.issuer) {
    findings.issuer = rules.issuer;
  }
  const grant = checkClaims(decoded.payload, rules, Date.now() / 1000);
  const key = await keys.find(kid, alg);
  findings.kid = key.kid;
  await checkSignature(decoded.compact, alg, key);
  return grant;
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
