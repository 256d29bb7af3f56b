import { join } from 'node:path';
import type { FunctionModel } from '../../local/template';

/** A function with a handler of `functions/`. */
export function functionModel(handler: string, overrides: Partial<FunctionModel> = {}): FunctionModel {
  return {
    logicalId: 'Function',
    name: 'function-name',
    arn: 'arn:aws:lambda:us-east-1:123456789012:function:function-name',
    taskRoot: join(__dirname, 'functions'),
    handler,
    environment: {},
    timeoutSeconds: 3,
    memoryMb: 128,
    logGroup: 'function-logs',
    logFormat: 'JSON',
    logLevel: 'INFO',
    ...overrides,
  };
}

/** Waits until a condition holds, for what arrives through another channel than the one being waited on. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`never came true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
