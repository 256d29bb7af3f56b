import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { REGION } from './intrinsics';
import type { ApiModel } from './template';

/** What requests of one connection have in common. */
export interface Connection {
  readonly api: ApiModel;
  readonly stage: string;
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly sourceIp: string;
  readonly userAgent?: string;
}

/** What an authorizer put into the request context. */
export type AuthorizerContext = Record<string, string | number>;

export function newConnection(api: ApiModel, stage: string, request: IncomingMessage): Connection {
  return {
    api,
    stage,
    connectionId: opaqueId(),
    connectedAt: Date.now(),
    sourceIp: request.socket.remoteAddress ?? '',
    userAgent: request.headers['user-agent'],
  };
}

/**
 * The input of a REQUEST authorizer.
 *
 * Its shape is that of AWS's sample in the developer guide, "Control access to WebSocket APIs with AWS Lambda REQUEST authorizers".
 */
export function authorizerEvent(connection: Connection, request: IncomingMessage) {
  return {
    type: 'REQUEST',
    methodArn: methodArn(connection),
    ...requestParts(connection, request),
    stageVariables: {},
    requestContext: requestContext(connection, '$connect', 'CONNECT'),
  };
}

/** The input of the integration of `$connect`. */
export function connectEvent(connection: Connection, request: IncomingMessage, authorizer?: AuthorizerContext) {
  return {
    ...requestParts(connection, request),
    requestContext: { ...requestContext(connection, '$connect', 'CONNECT'), authorizer },
    isBase64Encoded: false,
  };
}

/** The input of the integration of any route that takes frames. */
export function messageEvent(connection: Connection, routeKey: string, body: string, authorizer?: AuthorizerContext) {
  return {
    requestContext: { ...requestContext(connection, routeKey, 'MESSAGE'), messageId: opaqueId(), authorizer },
    body,
    isBase64Encoded: false,
  };
}

/** The input of the integration of `$disconnect`. */
export function disconnectEvent(connection: Connection, code: number, reason: string, authorizer?: AuthorizerContext) {
  return {
    requestContext: {
      ...requestContext(connection, '$disconnect', 'DISCONNECT'),
      disconnectStatusCode: code,
      disconnectReason: reason,
      authorizer,
    },
    isBase64Encoded: false,
  };
}

/** The resource that an authorizer's policy must allow. */
export function methodArn({ api, stage }: Connection): string {
  return `${api.arn}/${stage}/$connect`;
}

/** An id as API Gateway makes them: base64, so with `=` at the end. */
export function opaqueId(): string {
  return randomBytes(11).toString('base64');
}

function domainName({ api }: Connection): string {
  return `${api.id}.execute-api.${REGION}.amazonaws.com`;
}

function requestContext(connection: Connection, routeKey: string, eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT') {
  const { api, stage, connectionId, connectedAt, sourceIp, userAgent } = connection;
  const requestId = opaqueId();
  const now = new Date();
  return {
    routeKey,
    eventType,
    extendedRequestId: requestId,
    requestTime: clfTime(now),
    messageDirection: 'IN',
    stage,
    connectedAt,
    requestTimeEpoch: now.getTime(),
    identity: { sourceIp, ...(userAgent && { userAgent }) },
    requestId,
    domainName: domainName(connection),
    connectionId,
    apiId: api.id,
  };
}

/** Headers and query of a handshake: header names as the client wrote them; the last value where one is wanted (unsourced). */
function requestParts(connection: Connection, request: IncomingMessage) {
  const own = {
    'Host': domainName(connection),
    'X-Amzn-Trace-Id': `Root=1-${randomUUID()}`,
    'X-Forwarded-For': connection.sourceIp,
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
  };
  const overridden = Object.keys(own).map((name) => name.toLowerCase());
  const sent = chunk(request.rawHeaders).filter(([name]) => !overridden.includes(name.toLowerCase()));
  const multiValueHeaders = group([...sent, ...Object.entries(own)]);
  const multiValueQueryStringParameters = group(searchParams(request));
  return {
    headers: lastOfEach(multiValueHeaders),
    multiValueHeaders,
    // Without a query there are no such keys.
    ...(searchParams(request).size > 0 && {
      queryStringParameters: lastOfEach(multiValueQueryStringParameters),
      multiValueQueryStringParameters,
    }),
  };
}

/** The query of a handshake. */
export function searchParams(request: IncomingMessage): URLSearchParams {
  return new URLSearchParams(request.url!.split('?').slice(1).join('?'));
}

function chunk(rawHeaders: string[]): [string, string][] {
  return rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1]] as [string, string]] : []));
}

function group(pairs: Iterable<[string, string]>): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries(groups);
}

function lastOfEach(values: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.at(-1)!]));
}

/** A time as in Apache's Common Log Format: `19/Jan/2023:21:13:26 +0000`. */
function clfTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}
