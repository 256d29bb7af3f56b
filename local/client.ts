import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type ClientOptions, WebSocket } from 'ws';

/** How a handshake ended for a client: an open socket, or the status and body of the refusal. */
export interface Handshake {
  readonly status: number;
  readonly body?: any;
  readonly socket: WebSocket;
}

/** Opens a WebSocket; resolves whatever the answer. */
export function connect(url: string, protocols: string[] = [], options: ClientOptions = {}): Promise<Handshake> {
  const socket = new WebSocket(url, protocols, { handshakeTimeout: 30_000, ...options });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ status: 101, socket }));
    socket.once('unexpected-response', (_: ClientRequest, response: IncomingMessage) => {
      text(response).then((body) => resolve({ status: response.statusCode!, body: body && JSON.parse(body), socket })).catch(reject);
    });
    socket.once('error', reject);
  });
}

/** Sends a frame and gives the JSON of the one that comes back; rejects when none comes. */
export async function send(socket: WebSocket, frame: string): Promise<any> {
  socket.send(frame);
  const [data] = await once(socket, 'message', { signal: AbortSignal.timeout(10_000) });
  return JSON.parse(String(data));
}
