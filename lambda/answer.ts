import type { Grant } from './claims';
import type { Connection } from './connection';
import type { Reason } from './reasons';

/** What API Gateway takes from an authorizer; it turns context values into strings. */
export interface AuthorizerResponse {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly { readonly Action: string; readonly Effect: 'Allow' | 'Deny'; readonly Resource: string }[];
  };
  readonly context: Record<string, string | number | boolean>;
}

/** Opens the stage that the client connects to, and no other. */
export function allow({ stageArn }: Connection, { principalId, exp }: Grant): AuthorizerResponse {
  return answer('Allow', `${stageArn}/*`, principalId, exp === undefined ? {} : { exp });
}

/** Closes everything; says a stable code and nothing about the token. */
export function deny(reason: Reason): AuthorizerResponse {
  return answer('Deny', '*', 'unauthorized', { reason });
}

function answer(effect: 'Allow' | 'Deny', resource: string, principalId: string, context: AuthorizerResponse['context']): AuthorizerResponse {
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }],
    },
    context,
  };
}
