import { Lazy } from 'aws-cdk-lib';
import type { TokenSourceConfig } from '../token-source';

/** What the verifier must know, checked. */
export interface VerifierConfig {
  readonly jwksUri: string;
  readonly issuer?: string;
  /** Undefined: any is accepted. */
  readonly audiences?: readonly string[];
  readonly verifyExpiration: boolean;
  readonly tokenSources: readonly TokenSourceConfig[];
}

/**
 * The verifier's environment, which `lambda/environment.ts` reads. The only place that writes it.
 *
 * @param authorizedApis execution ARNs, asked at the end of synthesis, when all stages have been listed
 */
export function renderEnvironment(config: VerifierConfig, authorizedApis: () => string[]): Record<string, string> {
  return {
    JWT_ISSUER_JWKS_URI: config.jwksUri,
    ...(config.issuer === undefined ? {} : { JWT_ISSUER: config.issuer }),
    ...(config.audiences === undefined ? { JWT_ACCEPT_ANY_AUDIENCE: 'true' } : { JWT_AUTHORIZED_AUDIENCES: config.audiences.join(',') }),
    JWT_VERIFY_EXPIRATION: String(config.verifyExpiration),
    JWT_TOKEN_SOURCES: config.tokenSources.map(({ variable }) => variable).join(','),
    // Undefined leaves the variable out: tokens open every API that the function is the authorizer of.
    AUTHORIZED_APIS: Lazy.string({ produce: () => authorizedApis().join(',') || undefined }),
  };
}
