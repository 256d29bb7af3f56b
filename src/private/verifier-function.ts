import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { VerifierFunctionOptions } from '../verifier-function-options';
import { mistake } from './validation';

/** The bundle that this package ships: built when the package was, so that synthesis needs neither esbuild nor Docker. */
const BUNDLE = join(__dirname, '..', '..', 'assets', 'authorizer');

/** A connection waits up to 4 s for keys; a function killed before would answer 500 to what would have been decided. */
const LEAST_TIMEOUT = Duration.seconds(5);

/** Create the verifier's function in the scope, with a role and a log group of its own. */
export function createVerifierFunction(scope: Construct, environment: Record<string, string>, options: VerifierFunctionOptions) {
  const timeout = options.timeout ?? Duration.seconds(10);
  if (!timeout.isUnresolved() && timeout.toMilliseconds() < LEAST_TIMEOUT.toMilliseconds()) {
    throw mistake('timeout', 'at least Duration.seconds(5), because a connection waits up to 4 seconds for keys', timeout.toHumanString());
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
    memorySize: options.memorySize ?? 256,
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
