import type { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';

/**
 * What people tune on the verifier's function.
 */
export interface VerifierFunctionOptions {
  /**
   * The memory of the function, in MiB: 128 to 10,240.
   *
   * Lambda allots CPU by memory and a cold start is bound by CPU: less memory makes the first connections wait.
   *
   * @default 256
   */
  readonly memorySize?: number;

  /**
   * When Lambda gives the function up: 5 to 29 seconds.
   *
   * A connection waits up to 4 seconds for the provider's keys where none are held; the rest is for a cold start.
   *
   * @default Duration.seconds(10)
   */
  readonly timeout?: Duration;

  /**
   * Where the function logs its decisions. Give it or `logRetention`, not both.
   *
   * @default - a log group of its own
   */
  readonly logGroup?: ILogGroup;

  /**
   * How long the function's own log group keeps the decisions.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;

  /**
   * The VPC to run the function in; its subnets must reach the provider. Needed only where the provider is private.
   *
   * @default - no VPC
   */
  readonly vpc?: IVpc;

  /**
   * The subnets of `vpc` to run the function in.
   *
   * @default - as for any function: private subnets
   */
  readonly vpcSubnets?: SubnetSelection;

  /**
   * The security groups of the function in `vpc`.
   *
   * @default - one that allows all outbound traffic
   */
  readonly securityGroups?: ISecurityGroup[];
}
