import type { LambdaFunction } from './lambda-function';
import { matches } from './policy';
import type { FunctionModel, PermissionModel } from './template';

/** Invokes functions as API Gateway, which their resource policies must let in. */
export class Invoker {
  private readonly functions: ReadonlyMap<string, LambdaFunction>;

  public constructor(functions: LambdaFunction[], private readonly permissions: PermissionModel[]) {
    this.functions = new Map(functions.map((lambda) => [lambda.model.arn, lambda]));
  }

  /** Rejects when no permission of the function matches the source ARN, and when the function fails. */
  public async invoke({ arn, logicalId }: FunctionModel, sourceArn: string, event: unknown): Promise<unknown> {
    if (!this.permissions.some((permission) => permission.functionArn === arn && matches(permission.sourceArn, sourceArn))) {
      throw new Error(`no permission of ${logicalId} has a source ARN that matches ${sourceArn}`);
    }
    return this.functions.get(arn)!.invoke(event);
  }
}
