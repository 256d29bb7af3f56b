/** A statement of an IAM policy, as far as API Gateway lets a Lambda authorizer write one. */
export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Resource?: string | string[];
  readonly NotResource?: string | string[];
}

/** An IAM policy document. */
export interface PolicyDocument {
  readonly Statement: PolicyStatement | PolicyStatement[];
}

/** Whether `text` matches an IAM pattern, in which `*` stands for any characters and `?` for one. */
export function matches(pattern: string, text: string): boolean {
  const expression = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}

/**
 * Whether a policy allows an action on a resource: some statement allows it, and none denies it.
 *
 * Throws on what is no policy, and on `Condition`, which would need the request's context.
 */
export function isAllowed(policy: PolicyDocument, action: string, resource: string): boolean {
  const applicable = list(policy.Statement).filter((statement) => applies(statement, action, resource));
  return applicable.some(({ Effect }) => Effect === 'Allow') && !applicable.some(({ Effect }) => Effect === 'Deny');
}

function applies(statement: PolicyStatement, action: string, resource: string): boolean {
  const unknown = Object.keys(statement).filter((key) => !['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource'].includes(key));
  if (unknown.length > 0) throw new Error(`policy statement has ${unknown.join(', ')}, which is not evaluated here`);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw new Error("Effect must be 'Allow' or 'Deny'");
  // Action names are compared without case, resources with.
  return selects(statement.Action, statement.NotAction, (pattern) => matches(pattern.toLowerCase(), action.toLowerCase()))
    && selects(statement.Resource, statement.NotResource, (pattern) => matches(pattern, resource));
}

function selects(patterns: string | string[] | undefined, not: string | string[] | undefined, matching: (pattern: string) => boolean): boolean {
  if ((patterns === undefined) === (not === undefined)) throw new Error('a statement needs Action or NotAction, and Resource or NotResource');
  return patterns === undefined ? !list(not!).some(matching) : list(patterns).some(matching);
}

function list<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
