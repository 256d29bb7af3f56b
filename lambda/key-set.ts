import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { ALGORITHMS, sameAlgorithm } from './algorithms';

/** A public key of the provider, for one algorithm. */
export interface VerificationKey {
  /** Absent: serves only tokens without `kid`. */
  readonly kid?: string;
  readonly alg: string;
  readonly publicKey: KeyObject;
}

const MAX_KEYS = 100;

export interface KeySetDocument {
  readonly keys: readonly VerificationKey[];
  /** How many were left out. */
  readonly unusable: number;
}

/**
 * Read what a key URL answers: a JWK Set (RFC 7517, section 5) or a map of PEM certificates by kid, as Firebase
 * publishes it. Told apart by shape, because the URL says nothing certain.
 *
 * A key that is unusable is left out, and the others stay.
 *
 * @throws Error where it is neither, or no key of it is usable
 */
export function parseKeySet(text: string): KeySetDocument {
  const document: unknown = JSON.parse(text);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new Error('not_a_key_set');
  }
  const readers: (() => VerificationKey)[] = 'keys' in document && Array.isArray(document.keys)
    ? document.keys.map((jwk) => () => fromJwk(jwk))
    : Object.entries(document).map(([kid, pem]) => () => fromPem(kid, pem));
  if (readers.length > MAX_KEYS) {
    throw new Error('too_many_keys');
  }
  const keys = readers.flatMap((read) => {
    try {
      return [read()];
    } catch {
      return [];
    }
  });
  if (keys.length === 0) {
    throw new Error('no_usable_key');
  }
  return { keys, unusable: readers.length - keys.length };
}

/** Members of private and symmetric keys (RFC 7518, section 6): whoever publishes one has lost it. */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

function fromJwk(jwk: Record<string, unknown>): VerificationKey {
  const { kid, alg, use, key_ops: operations } = jwk;
  if (kid !== undefined && !isKid(kid)) {
    throw new Error('kid');
  }
  if (SECRET_MEMBERS.some((member) => member in jwk)) {
    throw new Error('not public');
  }
  if (use !== undefined && use !== 'sig') {
    throw new Error('use');
  }
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    throw new Error('key_ops');
  }
  return verificationKey(kid, createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }), alg);
}

/** createPublicKey would also take a private key and derive the public one. */
const PUBLIC_PEM = /^\s*-----BEGIN (CERTIFICATE|PUBLIC KEY)-----/;

function fromPem(kid: string, pem: unknown): VerificationKey {
  if (!isKid(kid) || typeof pem !== 'string' || !PUBLIC_PEM.test(pem)) {
    throw new Error('not a public key');
  }
  return verificationKey(kid, createPublicKey(pem));
}

function isKid(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= 256;
}

/** A key serves the one algorithm that it names, or else the customary one of its kind. */
function verificationKey(kid: string | undefined, publicKey: KeyObject, alg?: unknown): VerificationKey {
  const suited = suitedAlgorithms(publicKey);
  if (alg === undefined) {
    return { kid, alg: suited[0], publicKey };
  }
  if (typeof alg !== 'string' || !ALGORITHMS.has(alg) || !suited.some((one) => sameAlgorithm(one, alg))) {
    throw new Error('alg');
  }
  return { kid, alg, publicKey };
}

const CURVES = new Map([['prime256v1', 'ES256'], ['secp384r1', 'ES384'], ['secp521r1', 'ES512']]);

/** The algorithms that a key can verify, the customary one first. */
function suitedAlgorithms({ asymmetricKeyType, asymmetricKeyDetails: details = {} }: KeyObject): string[] {
  switch (asymmetricKeyType) {
    case 'rsa':
      checkRsa(details.modulusLength ?? 0, details.publicExponent ?? 0n);
      return ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
    case 'ec': {
      const alg = CURVES.get(details.namedCurve ?? '');
      if (alg === undefined) {
        throw new Error('curve');
      }
      return [alg];
    }
    case 'ed25519':
      return ['EdDSA'];
    default:
      throw new Error('kty');
  }
}

/** Under e = 1 every signature is its own message; NIST SP 800-56B, section 6.4.1.1, for the lower bound. */
function checkRsa(bits: number, exponent: bigint): void {
  if (bits < 2048 || bits > 8192 || exponent < 65_537n || exponent > 2n ** 64n || exponent % 2n === 0n) {
    throw new Error('rsa');
  }
}
