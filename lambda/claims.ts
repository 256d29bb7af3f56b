import { Refusal } from './reasons';

/** What the claims of a token must be. */
export interface ClaimRules {
  /** `iss`, exactly. Without it any issuer whose key is in the set is trusted. */
  readonly issuer?: string;
  /** One of them must be in `aud`. Without it every audience is accepted, which the configuration said in so many words. */
  readonly audiences?: readonly string[];
  readonly verifyExpiration: boolean;
}

/** What a connection is granted on. */
export interface Grant {
  readonly principalId: string;
  /** Seconds since the epoch. Absent only where the expiry check is off and the token has none. */
  readonly exp?: number;
}

type Claims = Record<string, unknown>;

/** How far a provider's clock may be ahead of ours, in seconds. An expired token gets nothing of it. */
const CLOCK_TOLERANCE = 60;

/** A time beyond the year 5138 is a time in milliseconds. */
const MAX_NUMERIC_DATE = 1e11;

/**
 * Check the claims of a token (RFC 7519, section 4.1). Needs no key, so it comes before the key is looked up.
 *
 * @param now in seconds since the epoch
 * @throws Refusal
 */
export function checkClaims(claims: Claims, rules: ClaimRules, now: number): Grant {
  if (rules.issuer !== undefined && claims.iss !== rules.issuer) {
    throw new Refusal('issuer');
  }
  checkAudience(claims, rules.audiences);
  const exp = checkTimes(claims, rules.verifyExpiration, now);
  checkPurpose(claims);
  return { principalId: checkPrincipal(claims.sub), exp };
}

/** A token that has no `aud` at all, as Cognito's access tokens, names its client instead. */
function checkAudience(claims: Claims, accepted?: readonly string[]): void {
  if (accepted === undefined) {
    return;
  }
  const audience = claims.aud === undefined ? claims.client_id : claims.aud;
  const named: unknown[] = Array.isArray(audience) && claims.aud !== undefined ? audience : [audience];
  if (!named.every((item) => typeof item === 'string') || !named.some((item) => accepted.includes(item))) {
    throw new Refusal('audience');
  }
}

function checkTimes(claims: Claims, verifyExpiration: boolean, now: number): number | undefined {
  const [exp, nbf, iat] = [claims.exp, claims.nbf, claims.iat].map(numericDate);
  if (verifyExpiration) {
    if (exp === undefined) {
      throw new Refusal('missing_exp');
    }
    if (now >= exp) {
      throw new Refusal('expired');
    }
  }
  if (nbf !== undefined && nbf > now + CLOCK_TOLERANCE) {
    throw new Refusal('not_yet_valid');
  }
  if (iat !== undefined && iat > now + CLOCK_TOLERANCE) {
    throw new Refusal('issued_in_future');
  }
  return exp;
}

/** JSON.parse reads 1e400 as Infinity, and a token that never expires is not one that expires late. */
function numericDate(value: unknown): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== 'number' || !Number.isFinite(value) || value >= MAX_NUMERIC_DATE) {
    throw new Refusal('malformed_claims');
  }
  return value;
}

function checkPurpose(claims: Claims): void {
  // A logout token (OpenID Connect Back-Channel Logout 1.0, section 2.4) or security event (RFC 8417) grants nothing.
  if (typeof claims.events === 'object' && claims.events !== null) {
    throw new Refusal('security_event');
  }
  // Bound to a key that the holder must prove to have (RFC 7800), which a handshake gives no way to do.
  if (claims.cnf !== undefined) {
    throw new Refusal('sender_constrained');
  }
}

function checkPrincipal(sub: unknown): string {
  if (typeof sub !== 'string' || sub.length < 1 || sub.length > 1024 || /\p{Cc}/u.test(sub)) {
    throw new Refusal('principal');
  }
  return sub;
}
