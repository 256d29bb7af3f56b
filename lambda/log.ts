import type { Connection } from './connection';
import type { FetchListener } from './key-cache';
import type { Reason } from './reasons';

/** What one invocation came to. */
export interface Decision {
  readonly outcome: 'allow' | 'deny' | 'error';
  readonly reason: Reason | 'ok' | 'keys_unavailable';
  readonly alg?: string;
  readonly issuer?: string;
  /** Of a key that is held. */
  readonly kid?: string;
  readonly elapsedMs: number;
  readonly keyAgeSeconds?: number;
  readonly connection?: Connection;
  readonly connectionId?: unknown;
}

/**
 * The decision log: one line per invocation. Metrics are cut from it, so no value is a stranger's to choose.
 *
 * `outcome` stands on these lines only.
 */
export function logDecision({ outcome, reason, alg, issuer, kid, elapsedMs, keyAgeSeconds, connection, connectionId }: Decision): void {
  write('INFO', {
    outcome,
    reason,
    kid: kid ?? 'unknown',
    alg: alg ?? 'unknown',
    issuer: issuer ?? 'unknown',
    elapsedMs,
    keyAgeSeconds,
    apiId: connection?.apiId,
    stage: connection?.stage,
    connectionId: typeof connectionId === 'string' ? connectionId.slice(0, 128) : undefined,
  });
}

/** What became of a fetch of the provider's keys: how many are held, or the code of what went wrong. */
export const logFetch: FetchListener = (outcome) => {
  write('error' in outcome ? 'WARN' : 'INFO', { event: 'key_fetch', ...outcome });
};

/** A mistake in this code: the kind and the place, not the message, which may hold a part of the token. */
export function logMistake(error: unknown): void {
  const { code, name, stack } = (error ?? {}) as NodeJS.ErrnoException;
  write('ERROR', { event: 'internal', error: code ?? name, at: stack?.match(/^ {4}at .*$/gm)?.slice(0, 5) });
}

/** To stdout and not through `console`, which Lambda wraps: so a line is the same in each log format. */
function write(level: 'INFO' | 'WARN' | 'ERROR', members: object): void {
  process.stdout.write(`${JSON.stringify({ timestamp: new Date().toISOString(), level, ...members })}\n`);
}
