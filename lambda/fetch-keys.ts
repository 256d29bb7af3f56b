import { request, type RequestOptions } from 'node:https';
import { parseKeySet, type KeySetDocument } from './key-set';

/** An answer of the key URL. */
export interface FetchedKeys extends KeySetDocument {
  /** How long the answer may be held, in milliseconds, as the provider says; undefined where it says nothing usable. */
  readonly maxAge?: number;
}

const MAX_BODY_BYTES = 256 * 1024;

const SOCKET_ERRORS: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EAI_AGAIN']);

/** `node:https` and not `fetch`, which costs a cold function 20 to 30 ms of CPU more. */
const OPTIONS: RequestOptions = {
  agent: false, // a connection kept alive is dead after the function was frozen
  headers: { 'accept': 'application/json', 'accept-encoding': 'identity' },
  rejectUnauthorized: true, // also where NODE_TLS_REJECT_UNAUTHORIZED says otherwise
  minVersion: 'TLSv1.2',
};

/**
 * Fetch the provider's keys once, without following redirects.
 *
 * A broken connection is tried once more, within the same deadline.
 *
 * @param url https
 * @param milliseconds until it is given up
 * @throws Error whose `code` or `message` is a short code: a system error's, `status_503`, `timeout`, `too_large`, …
 */
export function fetchKeys(url: string, milliseconds: number): Promise<FetchedKeys> {
  const deadline = AbortSignal.timeout(milliseconds);
  const attempt = () => get(url, deadline).catch((error) => {
    throw deadline.aborted ? new Error('timeout') : error;
  });
  return attempt().catch((error: NodeJS.ErrnoException) => {
    if (!SOCKET_ERRORS.has(error.code ?? '')) {
      throw error;
    }
    return attempt();
  });
}

function get(url: string, signal: AbortSignal): Promise<FetchedKeys> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { ...OPTIONS, signal }, (response) => {
      const fail = (message: string) => outgoing.destroy(new Error(message));
      if (response.statusCode !== 200) {
        return fail(`status_${response.statusCode}`);
      }
      if ((response.headers['content-encoding'] ?? 'identity') !== 'identity') {
        return fail('content_encoding');
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > MAX_BODY_BYTES) {
          fail('too_large');
        }
      });
      response.on('error', reject);
      response.on('end', () => {
        try {
          resolve({ ...parseKeySet(Buffer.concat(chunks).toString()), maxAge: maxAge(response.headers) });
        } catch (error) {
          reject(error instanceof SyntaxError ? new Error('not_json') : error);
        }
      });
      return undefined;
    });
    outgoing.on('error', reject);
    // A 101 is no response to `request`, and its socket no longer the request's.
    outgoing.on('upgrade', (response, socket) => {
      socket.destroy();
      reject(new Error(`status_${response.statusCode}`));
    });
    // Whatever else a server does: it is given up in time.
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    outgoing.end();
  });
}

/** `max-age` less `Age` (RFC 9111, section 4.2); nothing is held longer for `no-store` than the shortest lifetime. */
function maxAge(headers: { 'cache-control'?: string; 'age'?: string }): number | undefined {
  const control = headers['cache-control'] ?? '';
  if (/\bno-(store|cache)\b/i.test(control)) {
    return 0;
  }
  const seconds = /(?:^|[\s,])max-age\s*=\s*"?(\d+)\b/i.exec(control)?.[1];
  return seconds === undefined ? undefined : (Number(seconds) - Math.max(0, Number(headers.age) || 0)) * 1000;
}
