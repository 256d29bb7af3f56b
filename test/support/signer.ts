import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CompactSign } from 'jose';

/** A provider's signing key, made for one test run. */
export class Signer {
  static rsa(kid = 'rsa-1', alg = 'RS256'): Signer {
    return new Signer(kid, alg, generateKeyPairSync('rsa', { modulusLength: 2048 }));
  }

  static ec(kid = 'ec-1', alg = 'ES256', namedCurve = 'P-256'): Signer {
    return new Signer(kid, alg, generateKeyPairSync('ec', { namedCurve }));
  }

  static ed25519(kid = 'ed-1', alg = 'EdDSA'): Signer {
    return new Signer(kid, alg, generateKeyPairSync('ed25519'));
  }

  private constructor(readonly kid: string, readonly alg: string, private readonly pair: { publicKey: KeyObject; privateKey: KeyObject }) {}

  /** As the provider publishes it. */
  get jwk(): Record<string, unknown> {
    return { ...this.pair.publicKey.export({ format: 'jwk' }), kid: this.kid, alg: this.alg, use: 'sig' };
  }

  get publicPem(): string {
    return this.pair.publicKey.export({ format: 'pem', type: 'spki' }) as string;
  }

  get privatePem(): string {
    return this.pair.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  }

  get privateJwk(): Record<string, unknown> {
    return { ...this.jwk, ...this.pair.privateKey.export({ format: 'jwk' }) };
  }

  /** Sign claims; `header` overrides what is usual in one, a member set to undefined leaves it out. */
  sign(claims: object, header: object = {}): Promise<string> {
    return this.signText(JSON.stringify(claims), header);
  }

  signText(payload: string, header: object = {}): Promise<string> {
    const protectedHeader = JSON.parse(JSON.stringify({ alg: this.alg, typ: 'JWT', kid: this.kid, ...header }));
    return new CompactSign(Buffer.from(payload)).setProtectedHeader(protectedHeader).sign(this.pair.privateKey);
  }
}

export function base64url(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

