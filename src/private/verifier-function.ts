import { join } from 'node:path';
import { Duration, Token } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { VerifierFunctionOptions } from '../verifier-function-options';
import { mistake } from './validation';

/** The bundle that this package ships: built when the package was, so that synthesis needs neither esbuild nor Docker. */
const BUNDLE = join(__dirname, '..', '..', 'assets', 'authorizer');

/**
 * In milliseconds. A connection waits up to 4 s for keys: a function killed before would answer 500 to what would have
 * been decided. Nobody waits longer than API Gateway, which gives an integration up after 29 s.
 */
const TIMEOUT = { least: 5_000, most: 29_000 };

/** In MiB: Lambda's limits. */
const MEMORY = { least: 128, most: 10_240 };

/** Create the verifier's function in the scope, with a role and a log group of its own. */
export function createVerifierFunction(scope: Construct, environment: Record<string, string>, options: VerifierFunctionOptions) {
  const timeout = options.timeout ?? Duration.seconds(10);
  if (!timeout.isUnresolved()) {
    const milliseconds = timeout.toMilliseconds();
    if (milliseconds < TIMEOUT.least || milliseconds > TIMEOUT.most || milliseconds % 1000 !== 0) {
      throw mistake('timeout', '5 to 29 whole seconds such as Duration.seconds(10), because a connection waits up to 4 seconds for keys', timeout.toHumanString());
    }
  }
  const memorySize = options.memorySize ?? 256;
  if (!Token.isUnresolved(memorySize) && !(Number.isInteger(memorySize) && memorySize >= MEMORY.least && memorySize <= MEMORY.most)) {
    throw mistake('memorySize', 'a number of MiB from 128 to 10240 such as 256', memorySize);
  }
  if (options.logGroup && options.logRetention !== undefined) {
    throw mistake('logRetention', "left out where logGroup is given, because a log group such as new LogGroup(this, 'Logs', { retention }) has its own",
      options.logRetention);
  }
  if (!options.vpc && (options.vpcSubnets || options.securityGroups)) {
    throw mistake('vpc', 'given with vpcSubnets or securityGroups, such as vpc: Vpc.fromLookup(…)', undefined);
  }

  const logGroup = options.logGroup ?? new LogGroup(scope, 'LogGroup', { retention: options.logRetention ?? RetentionDays.ONE_MONTH });
  const handler = new NodejsFunction(scope, 'Function', {
    description: 'Decides on WebSocket connections by the JWT of the client',
    code: Code.fromAsset(BUNDLE),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X, // the bundle is built and tested for this one
    architecture: Architecture.ARM_64,
    memorySize,
    timeout,
    environment,
    role: createRole(scope, logGroup, options.vpc !== undefined),
    loggingFormat: LoggingFormat.JSON,
    logGroup,
    vpc: options.vpc,
    vpcSubnets: options.vpcSubnets,
    securityGroups: options.securityGroups,
  });
  return { handler, logGroup };
}

/** Narrower than AWSLambdaBasicExecutionRole, which NodejsFunction would attach: that one writes to every log group. */
function createRole(scope: Construct, logGroup: ILogGroup, inVpc: boolean): Role {
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: 'Of the function that decides on WebSocket connections',
  });
  logGroup.grantWrite(role);
  if (inVpc) {
    // As AWSLambdaVPCAccessExecutionRole: Lambda's network interfaces have no ARN before they exist.
    role.addToPolicy(new PolicyStatement({
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
    }));
  }
  return role;
}
