import { once } from 'node:events';
import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Authorization, authorize } from './authorizer';
import { type AuthorizerContext, connectEvent, type Connection, disconnectEvent, messageEvent, newConnection } from './event';
import type { Invoker } from './invoker';
import type { ApiModel, RouteModel } from './template';

/** How a handshake ended; the reason, which clients do not see, is for people. */
export interface Handshake {
  readonly connectionId: string;
  readonly status: number;
  readonly reason: string;
}

interface Admission {
  readonly context?: AuthorizerContext;
  readonly subprotocol?: string;
}

const MAX_URL_LENGTH = 4096;
const MAX_MESSAGE_BYTES = 128 * 1024;

/** Serves a WebSocket API on this machine the way API Gateway does, with the template's functions behind it. */
export class Gateway {
  private readonly server = createServer((_, response) => response.writeHead(426, { Connection: 'close' }).end()); // no WebSocket: unsourced
  private readonly connected = new Set<Duplex>();
  private readonly subprotocols = new WeakMap<IncomingMessage, string>();
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    // Only what the integration of $connect chose; by itself, ws would choose the first that the client offers.
    handleProtocols: (_, request) => this.subprotocols.get(request) ?? false,
  });

  public constructor(
    private readonly api: ApiModel,
    private readonly invoker: Invoker,
    private readonly onHandshake: (handshake: Handshake) => void,
  ) {
    this.server.on('upgrade', (request, socket, head) => void this.handshake(request, socket, head));
  }

  public async start(): Promise<void> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
  }

  /** The URL of a stage. */
  public url(stage: string): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/${stage}`;
  }

  public async stop(): Promise<void> {
    for (const socket of this.connected) socket.destroy();
    this.server.closeAllConnections();
    if (this.server.listening) await once(this.server.close(), 'close');
  }

  private async handshake(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.connected.add(socket);
    socket.on('error', () => socket.destroy()); // the client went away
    socket.on('close', () => this.connected.delete(socket));
    const [path] = request.url!.split('?');
    const connection = newConnection(this.api, path.slice(1), request);
    const admission = await this.admit(connection, request);
    if ('status' in admission) {
      this.onHandshake({ connectionId: connection.connectionId, ...admission });
      return refuse(socket, admission.status, connection.connectionId);
    }
    if (admission.subprotocol) this.subprotocols.set(request, admission.subprotocol);
    return this.sockets.handleUpgrade(request, socket, head, (client) => {
      this.onHandshake({ connectionId: connection.connectionId, status: 101, reason: 'open' });
      this.serve(client, connection, admission.context);
    });
  }

  /** Decides about a connection before the upgrade: URL, authorizer, integration of `$connect`. */
  private async admit(connection: Connection, request: IncomingMessage): Promise<Admission | Extract<Authorization, { status: number }>> {
    if (request.url!.length > MAX_URL_LENGTH) return { status: 414, reason: `the URL is over ${MAX_URL_LENGTH} characters` }; // status: unsourced
    if (!this.api.stages.includes(connection.stage)) return { status: 403, reason: `no stage ${connection.stage}` }; // status: unsourced
    const route = this.api.routes.get('$connect');
    if (!route) return {};
    const authorization = route.authorizer ? await authorize(route.authorizer, connection, request, this.invoker) : { context: undefined };
    if ('status' in authorization) return authorization;
    try {
      const { statusCode, headers = {} } = await this.integrate(route, connection, connectEvent(connection, request, authorization.context));
      if (!(statusCode >= 200 && statusCode < 300)) return { status: statusCode >= 300 && statusCode < 600 ? statusCode : 502, reason: `the integration of $connect answered ${statusCode}` };
      const header = Object.keys(headers).find((name) => name.toLowerCase() === 'sec-websocket-protocol');
      return { context: authorization.context, subprotocol: header && headers[header] };
    } catch (error) {
      return { status: 502, reason: (error as Error).message }; // status: unsourced
    }
  }

  /** Routes what comes over an open connection. */
  private serve(client: WebSocket, connection: Connection, context?: AuthorizerContext): void {
    client.on('error', () => client.terminate()); // such as a message over the limit; 'close' follows
    client.on('message', (data) => void this.message(client, connection, String(data), context));
    client.on('close', (code, reason) => void this.disconnected(connection, disconnectEvent(connection, code, String(reason), context)));
  }

  private async message(client: WebSocket, connection: Connection, body: string, context?: AuthorizerContext): Promise<void> {
    const { connectionId } = connection;
    const route = this.api.routes.get(routeKey(body, this.api.routeSelector)) ?? this.api.routes.get('$default');
    const event = messageEvent(connection, route?.key ?? '$default', body, context);
    const { requestId } = event.requestContext;
    if (!route) return client.send(JSON.stringify({ message: 'Forbidden', connectionId, requestId }));
    try {
      const answer = await this.integrate(route, connection, event);
      return route.returnsResponse && answer?.body ? client.send(answer.body) : undefined;
    } catch {
      return client.send(JSON.stringify({ message: 'Internal server error', connectionId, requestId }));
    }
  }

  private async disconnected(connection: Connection, event: unknown): Promise<void> {
    const route = this.api.routes.get('$disconnect');
    // Best effort, as API Gateway calls it: the client is gone, nobody waits for an answer.
    if (route) await this.integrate(route, connection, event).catch(() => {});
  }

  private async integrate(route: RouteModel, { stage }: Connection, event: unknown): Promise<any> {
    return this.invoker.invoke(route.function, `${this.api.arn}/${stage}/${route.key}`, event);
  }
}

/** The member of a JSON body that names the route; nothing where there is none, or where it names one of API Gateway's own routes. */
function routeKey(body: string, selector: string): string {
  try {
    const key = String(JSON.parse(body)?.[selector]);
    return key.startsWith('$') ? '' : key;
  } catch {
    return '';
  }
}

/** Answers a handshake that is not upgraded; the shape of the body is that of error frames (unsourced for handshakes). */
function refuse(socket: Duplex, status: number, connectionId: string): void {
  const body = JSON.stringify({ message: status >= 500 ? 'Internal server error' : STATUS_CODES[status], connectionId });
  socket.end([
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n'));
}
