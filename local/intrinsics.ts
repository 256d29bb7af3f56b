import { createHash } from 'node:crypto';

/** Where the local run pretends to be deployed; the account is the one of AWS's own examples. */
export const REGION = 'us-east-1';
export const ACCOUNT = '123456789012';

/** A resource of a CloudFormation template. */
export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Record<string, unknown>;
}

type Resources = Record<string, Resource>;

const PSEUDO_PARAMETERS: Record<string, string> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A stable stand-in for the id that API Gateway would make up. */
function physicalId(logicalId: string): string {
  return createHash('sha256').update(logicalId).digest('hex').slice(0, 10);
}

/** What `Ref` gives, by resource type. */
const REF: Record<string, (logicalId: string, properties: Record<string, any>) => unknown> = {
  'AWS::ApiGatewayV2::Api': physicalId,
  'AWS::ApiGatewayV2::Authorizer': physicalId,
  'AWS::ApiGatewayV2::Integration': physicalId,
  'AWS::ApiGatewayV2::Route': physicalId,
  'AWS::ApiGatewayV2::Stage': (_, { StageName }) => StageName,
  'AWS::Lambda::Function': (logicalId, { FunctionName }) => FunctionName ?? logicalId,
  'AWS::Logs::LogGroup': (logicalId, { LogGroupName }) => LogGroupName ?? logicalId,
  'AWS::IAM::Role': (logicalId) => logicalId,
};

/** What `Fn::GetAtt` gives, by resource type and attribute; `id` is what `Ref` gives. */
const GET_ATT: Record<string, (id: string) => string> = {
  'AWS::ApiGatewayV2::Api.ApiEndpoint': (id) => `wss://${id}.execute-api.${REGION}.amazonaws.com`,
  'AWS::Lambda::Function.Arn': (id) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`,
  'AWS::Logs::LogGroup.Arn': (id) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${id}:*`,
  'AWS::IAM::Role.Arn': (id) => `arn:aws:iam::${ACCOUNT}:role/${id}`,
};

/**
 * Replaces the intrinsic functions in a template's value, with made-up physical ids.
 *
 * Throws on an intrinsic function or a reference that it does not know: a guess would run something else than the template.
 */
export function resolve(value: unknown, resources: Resources): any {
  if (Array.isArray(value)) return value.map((item) => resolve(item, resources));
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length > 0 || (name !== 'Ref' && !name.startsWith('Fn::'))) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, resources)]));
  }
  const call = FUNCTIONS[name];
  if (!call) throw new Error(`${name} is not resolved here`);
  return call(argument, resources);
}

const FUNCTIONS: Record<string, (argument: any, resources: Resources) => unknown> = {
  'Ref': ref,
  'Fn::GetAtt': (argument, resources) => getAtt(typeof argument === 'string' ? argument : argument.join('.'), resources),
  'Fn::Join': ([separator, parts], resources) => resolve(parts, resources).join(separator),
  'Fn::Select': ([index, parts], resources) => resolve(parts, resources)[Number(index)],
  'Fn::Split': ([separator, text], resources) => resolve(text, resources).split(separator),
  'Fn::Sub': sub,
};

function ref(target: string, resources: Resources): unknown {
  if (target in PSEUDO_PARAMETERS) return PSEUDO_PARAMETERS[target];
  const resource = resources[target];
  const make = resource && REF[resource.Type];
  if (!make) throw new Error(`Ref to ${target} (${resource?.Type ?? 'no resource of this template'}) is not resolved here`);
  return make(target, resolve(resource.Properties ?? {}, resources));
}

function getAtt(target: string, resources: Resources): string {
  const [logicalId, ...attribute] = target.split('.');
  const make = GET_ATT[`${resources[logicalId]?.Type}.${attribute.join('.')}`];
  if (!make) throw new Error(`Fn::GetAtt of ${target} (${resources[logicalId]?.Type ?? 'no resource of this template'}) is not resolved here`);
  return make(ref(logicalId, resources) as string);
}

function sub(argument: string | [string, Record<string, unknown>], resources: Resources): string {
  const [text, variables] = typeof argument === 'string' ? [argument, {} as Record<string, unknown>] : argument;
  return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal, name) => {
    if (literal) return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return resolve(variables[name], resources);
    return name.includes('.') ? getAtt(name, resources) : ref(name, resources);
  });
}
