import { allow, deny, type AuthorizerResponse } from './answer';
import { checkApi, readConnection, type Connection } from './connection';
import type { Configuration } from './environment';
import type { KeyCache } from './key-cache';
import { logDecision, logMistake, type Decision } from './log';
import { KeysUnavailable, Refusal } from './reasons';
import { findToken } from './token-source';
import { verify, type Findings } from './verify';

/**
 * The authorizer: an event of API Gateway in, a policy out, one line in the decision log.
 *
 * Every refusal is a Deny, which clients see as 403: a throw would count as an error of the function, and anonymous
 * clients could ring its alarm. It throws only where there is no key to decide with.
 */
export function createHandler(configuration: Configuration, keys: KeyCache) {
  return async (event: unknown): Promise<AuthorizerResponse> => {
    const startedAt = performance.now();
    const findings: Findings = {};
    let connection: Connection | undefined;
    const log = (outcome: Decision['outcome'], reason: Decision['reason']) => logDecision({
      outcome,
      reason,
      alg: findings.alg,
      issuer: findings.issuer,
      kid: findings.kid !== undefined && keys.holds(findings.kid) ? findings.kid : undefined,
      connection,
      connectionId: connectionIdOf(event),
      elapsedMs: Math.round((performance.now() - startedAt) * 10) / 10,
      keyAgeSeconds: keys.ageSeconds,
    });

    try {
      connection = readConnection(event);
      checkApi(connection, configuration.authorizedApis);
      const token = findToken(event, configuration.tokenSources);
      const grant = await verify(token, configuration.rules, keys, findings);
      log('allow', 'ok');
      return allow(connection, grant);
    } catch (error) {
      if (error instanceof KeysUnavailable) {
        log('error', 'keys_unavailable');
        throw error;
      }
      if (!(error instanceof Refusal)) {
        logMistake(error);
      }
      const reason = error instanceof Refusal ? error.reason : 'internal';
      log('deny', reason);
      return deny(reason);
    }
  };
}

function connectionIdOf(event: unknown): unknown {
  return (event as { requestContext?: { connectionId?: unknown } } | null | undefined)?.requestContext?.connectionId;
}
