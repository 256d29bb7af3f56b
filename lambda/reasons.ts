/**
 * Why a connection was refused. A closed list: dashboards and alarms are cut from it, so a code never changes
 * its meaning, and each is harmless when a client sees it. `docs/decision-log.md` explains them to operators.
 */
export type Reason =
  // the request
  | 'malformed_event' | 'api' | 'no_token' | 'ambiguous_token'
  // the token's form and header
  | 'token_too_large' | 'malformed_token' | 'unsupported_alg' | 'unsupported_typ' | 'unsupported_header' | 'malformed_kid'
  // the token's claims
  | 'issuer' | 'audience' | 'missing_exp' | 'expired' | 'not_yet_valid' | 'issued_in_future' | 'malformed_claims'
  | 'principal' | 'security_event' | 'sender_constrained'
  // the key and the signature
  | 'kid_required' | 'unknown_kid' | 'key_mismatch' | 'bad_signature'
  // this function
  | 'internal';

/** A connection that is refused for a documented reason. */
export class Refusal extends Error {
  constructor(readonly reason: Reason) {
    super(reason);
  }
}

/**
 * There is no key to decide with, and none can be had now.
 *
 * The one error that leaves the function: API Gateway answers 500 and the function's error metric rings.
 */
export class KeysUnavailable extends Error {
  readonly name = 'KeysUnavailable';

  constructor() {
    super('keys_unavailable');
  }
}
