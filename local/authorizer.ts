import type { IncomingMessage } from 'node:http';
import { type AuthorizerContext, authorizerEvent, type Connection, methodArn, searchParams } from './event';
import type { Invoker } from './invoker';
import { isAllowed, type PolicyDocument, type PolicyStatement } from './policy';
import type { AuthorizerModel, IdentitySource } from './template';

/** What API Gateway makes of a connection: the context for the integrations, or the status of a refusal and, for people, its reason. */
export type Authorization = { readonly context: AuthorizerContext } | { readonly status: number; readonly reason: string };

const MAX_ANSWER_BYTES = 8 * 1024;
const MAX_RESOURCE_LENGTH = 512;

/** Authorizes a connection as API Gateway does: 401 without a call when an identity source is missing, 403 by policy, 500 on any failure. */
export async function authorize(
  authorizer: AuthorizerModel, connection: Connection, request: IncomingMessage, invoker: Invoker,
): Promise<Authorization> {
  const missing = authorizer.identitySources.find((source) => !isPresent(source, request));
  if (missing) return { status: 401, reason: `no ${missing.place} ${missing.name}; the authorizer was not invoked` };
  const started = performance.now();
  try {
    const answer = await invoker.invoke(authorizer.function, authorizer.sourceArn, authorizerEvent(connection, request));
    const { policyDocument, ...context } = readAnswer(answer);
    if (!isAllowed(policyDocument, 'execute-api:Invoke', methodArn(connection))) return { status: 403, reason: 'the policy does not allow the connection' };
    return { context: { ...context, integrationLatency: Math.round(performance.now() - started) } };
  } catch (error) {
    const reason = (error as Error).message;
    return reason === 'Unauthorized' ? { status: 401, reason: 'the authorizer threw Unauthorized' } : { status: 500, reason };
  }
}

function isPresent({ place, name }: IdentitySource, request: IncomingMessage): boolean {
  return place === 'header' ? Boolean(request.headers[name.toLowerCase()]) : Boolean(searchParams(request).get(name));
}

/** Checks the shape of an answer, which the developer guide calls "Output from an API Gateway Lambda authorizer". */
function readAnswer(answer: any): AuthorizerContext & { policyDocument: PolicyDocument } {
  const { principalId, policyDocument, context = {} } = answer ?? {};
  if (typeof principalId !== 'string' || principalId === '') throw new Error('the authorizer gave no principalId');
  if (typeof policyDocument?.Statement !== 'object' || policyDocument.Statement === null) throw new Error('the authorizer gave no policyDocument');
  if (Buffer.byteLength(JSON.stringify(answer)) > MAX_ANSWER_BYTES) throw new Error(`the authorizer's answer is over ${MAX_ANSWER_BYTES} bytes`);
  const statements: PolicyStatement[] = [policyDocument.Statement].flat();
  if (statements.some(({ Resource, NotResource }) => [Resource, NotResource].flat().some((arn) => arn && arn.length > MAX_RESOURCE_LENGTH))) {
    throw new Error(`the authorizer's policy has a resource of over ${MAX_RESOURCE_LENGTH} characters`);
  }
  const unusable = Object.keys(context).find((name) => !['string', 'number', 'boolean'].includes(typeof context[name]));
  if (unusable !== undefined) throw new Error(`the authorizer's context has ${unusable}, which is no string, number or boolean`);
  // Values become strings, as on REST APIs (unsourced for WebSocket APIs).
  const strings = Object.fromEntries(Object.entries(context).map(([name, value]) => [name, String(value)]));
  return { ...strings, principalId, policyDocument };
}
