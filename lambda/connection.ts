import { Refusal } from './reasons';

/** Where a client wants to connect, as API Gateway says it. */
export interface Connection {
  /** `arn:<partition>:execute-api:<region>:<account>:<api id>/<stage>/$connect` */
  readonly methodArn: string;
  /** The execution ARN of the stage, without a trailing slash. */
  readonly stageArn: string;
  readonly apiId: string;
  readonly stage: string;
}

const METHOD_ARN = /^(arn:aws[a-z-]*:execute-api:[a-z0-9-]+:\d{12}:([a-z0-9]+)\/([\w$.-]{1,128}))\/\$connect$/;

/**
 * Read where the client connects to. Only `$connect` can have an authorizer.
 *
 * @param event of a REQUEST authorizer of a WebSocket API
 * @throws Refusal `malformed_event`
 */
export function readConnection(event: unknown): Connection {
  const { methodArn } = (event ?? {}) as { methodArn?: unknown };
  const match = typeof methodArn === 'string' && METHOD_ARN.exec(methodArn);
  if (!match) {
    throw new Refusal('malformed_event');
  }
  const [, stageArn, apiId, stage] = match;
  return { methodArn: match[0], stageArn, apiId, stage };
}

/**
 * Check that tokens open this stage at all.
 *
 * @param authorizedApis execution ARNs of APIs or stages, `*` and `?` as in a policy; without them every API that
 *   this function is the authorizer of
 * @throws Refusal `api`
 */
export function checkApi({ methodArn }: Connection, authorizedApis?: readonly string[]): void {
  if (authorizedApis && !authorizedApis.some((arn) => matches(arn, methodArn) || matches(`${arn}/*`, methodArn))) {
    throw new Refusal('api');
  }
}

function matches(pattern: string, arn: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*').replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(arn);
}
