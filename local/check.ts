import { setTimeout as delay } from 'node:timers/promises';
import { connect, send } from './client';
import type { LocalRun } from './run';
import { expired, good, type MakeToken, tampered, unknownKey, wrongAudience, wrongIssuer } from './tokens';

/** A connection to try, and what must come of it. */
export interface Row {
  /** What the client sends, in words. */
  readonly sent: string;
  /** Makes the token; left out, the client sends none. */
  readonly token?: MakeToken;
  /** Undoes what making the token did to the provider. */
  readonly after?: (run: LocalRun) => Promise<void>;
  /** The status that API Gateway answers, and the reason on the verifier's decision line; without one, it must not be invoked. */
  readonly status: number;
  readonly reason?: string;
}

/** What came of a row. */
export interface Result {
  readonly status: number;
  readonly reason?: string;
  /** What the `$default` route saw of the authorizer, on an open connection. */
  readonly reply?: { readonly principalId: string; readonly context: Record<string, string> };
  readonly elapsedMs: number;
  readonly passed: boolean;
}

export const ROWS: Row[] = [
  { sent: 'no token', status: 401 },
  { sent: 'good token', token: good, status: 101, reason: 'ok' },
  { sent: 'tampered token', token: tampered, status: 403, reason: 'bad_signature' },
  { sent: 'expired token', token: expired, status: 403, reason: 'expired' },
  { sent: 'token for another audience', token: wrongAudience, status: 403, reason: 'audience' },
  { sent: 'token of another issuer', token: wrongIssuer, status: 403, reason: 'issuer' },
  { sent: 'token of an unknown key', token: unknownKey, status: 403, reason: 'unknown_kid' },
  {
    sent: 'good token after a key rotation',
    token: async (provider) => {
      await provider.rotate();
      return good(provider);
    },
    status: 101,
    reason: 'ok',
  },
  {
    sent: 'good token while the provider is down',
    token: async (provider) => {
      const token = await good(provider);
      await provider.stop();
      return token;
    },
    after: ({ provider }) => provider.listen(),
    status: 101,
    reason: 'ok',
  },
];

/** Tries one connection; no other may be under way. */
export async function check(row: Row, run: LocalRun): Promise<Result> {
  const token = await row.token?.(run.provider);
  const before = { invocations: run.authorizer.invocations, decisions: run.journal.decisions().length };
  try {
    const started = performance.now();
    const { status, socket } = await connect(token === undefined ? run.url : `${run.url}?authorization=${token}`);
    const elapsedMs = performance.now() - started;
    const invoked = run.authorizer.invocations > before.invocations;
    const reason = invoked ? await nextReason(run, before.decisions) : undefined;
    const reply = status === 101 ? await send(socket, 'hello').catch(() => undefined) : undefined;
    socket.terminate();
    const answered = status === row.status && invoked === (row.reason !== undefined) && reason === row.reason;
    const seen = status !== 101 || (reply?.message === 'hello' && typeof reply.principalId === 'string' && Number(reply.context.exp) > 0);
    return { status, reason, reply, elapsedMs, passed: answered && seen };
  } finally {
    await row.after?.(run);
  }
}

/** The reason on the decision line of an invocation, which comes through another pipe than the answer. */
async function nextReason({ journal }: LocalRun, seen: number): Promise<string | undefined> {
  for (let attempt = 0; attempt < 200 && journal.decisions().length <= seen; attempt += 1) await delay(10);
  return journal.decisions()[seen]?.reason as string | undefined;
}
