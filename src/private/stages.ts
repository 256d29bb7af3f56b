import { Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import type { IWebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { mistake, requireShortArn } from './validation';

/**
 * The ARN that a policy opens a stage with, every route of it included.
 *
 * @throws Error for a stage name that API Gateway would not take, and that would not stay one item of a list
 */
export function executionArn(stage: IWebSocketStage): string {
  if (!Token.isUnresolved(stage.stageName) && !/^[\w-]{1,128}$/.test(stage.stageName)) {
    throw mistake('authorizedApis', "stages whose name is of letters, digits, '_' and '-' such as 'prod'", stage.stageName);
  }
  // Not arnForExecuteApi, which an imported API does not have and which is wrong for WebSocket APIs.
  return requireShortArn(Stack.of(stage.api).formatArn({
    service: 'execute-api',
    resource: stage.api.apiId,
    resourceName: `${stage.stageName}/*`,
  }));
}

/** Tells a stage from others by its path within its stack, which is the same in every environment that an app is deployed to. */
export function stageId(stage: IWebSocketStage, own: Stack): string {
  const stack = Stack.of(stage);
  const { scopes } = stage.node;
  return ['Stage', ...scopes.slice(scopes.indexOf(stack) + (stack === own ? 1 : 0)).map(({ node }) => node.id)].join('--'); // as the CDK joins them
}

/** The stacks that must be deployed before the stage can be named; none for a stage that is named by literals. */
export function stacksOf(stage: IWebSocketStage): Stack[] {
  return Tokenization.reverseString(`${stage.api.apiId}${stage.stageName}`).tokens
    .filter((token) => Reference.isReference(token))
    .map((reference) => Stack.of(reference.target));
}

/** Whether one stack is the other or nested in it: then CloudFormation orders their resources one by one, not stack by stack. */
export function contains(outer: Stack, inner: Stack): boolean {
  for (let stack: Stack | undefined = inner; stack; stack = stack.nestedStackParent) {
    if (stack === outer) {
      return true;
    }
  }
  return false;
}
