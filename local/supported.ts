import type { Resource } from './intrinsics';

/** The resource types that the gateway runs, each with the properties that it follows or that change nothing on this machine. */
const FOLLOWED: Record<string, string[]> = {
  'AWS::ApiGatewayV2::Api': ['Name', 'Description', 'ProtocolType', 'RouteSelectionExpression', 'Tags'],
  'AWS::ApiGatewayV2::Authorizer': ['ApiId', 'AuthorizerType', 'AuthorizerUri', 'IdentitySource', 'Name'],
  'AWS::ApiGatewayV2::Integration': ['ApiId', 'Description', 'IntegrationType', 'IntegrationUri'],
  'AWS::ApiGatewayV2::Route': [
    'ApiId', 'AuthorizationType', 'AuthorizerId', 'OperationName', 'RouteKey', 'RouteResponseSelectionExpression', 'Target',
  ],
  'AWS::ApiGatewayV2::RouteResponse': ['ApiId', 'RouteId', 'RouteResponseKey'],
  'AWS::ApiGatewayV2::Stage': ['ApiId', 'AutoDeploy', 'Description', 'StageName', 'Tags'],
  'AWS::Lambda::Function': [
    'Architectures', 'Code', 'Description', 'Environment', 'FunctionName', 'Handler', 'LoggingConfig', 'MemorySize', 'Role', 'Runtime', 'Tags', 'Timeout',
  ],
  'AWS::Lambda::Permission': ['Action', 'FunctionName', 'Principal', 'SourceArn'],
};

/** The resource types that play no part in a connection. */
const INERT = ['AWS::CDK::Metadata', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::Logs::LogGroup'];

/** Why the gateway cannot run a resource as the template says, or undefined. */
export function unsupported({ Type, Condition, Properties = {} }: Resource): string | undefined {
  if (INERT.includes(Type)) return undefined;
  const followed = FOLLOWED[Type];
  if (!followed) return 'this type of resource does not run here';
  if (Condition) return `Condition ${Condition} is not evaluated here`;
  const properties = Object.keys(Properties).filter((property) => !followed.includes(property));
  return properties.length > 0 ? `${properties.join(', ')} cannot be followed here` : undefined;
}
