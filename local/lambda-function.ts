import { ExecutionEnvironment, FunctionError } from './execution-environment';
import type { FunctionModel } from './template';

/** Receives each line of a function's log group, with the function's logical id. */
export type LogListener = (logicalId: string, line: string) => void;

const MAX_ENVIRONMENTS = 4;

/** A Lambda function: starts execution environments as concurrent invocations need them, up to a few, and lets the rest wait. */
export class LambdaFunction {
  /** How often it was invoked. */
  public invocations = 0;
  private readonly environments = new Set<ExecutionEnvironment>();
  private readonly idle: ExecutionEnvironment[] = [];
  private readonly waiting: Array<() => void> = [];
  private stopped = false;

  public constructor(
    public readonly model: FunctionModel,
    private readonly extraEnvironment: Record<string, string>,
    private readonly log: LogListener,
  ) {}

  /** Invokes the function; rejects with a `FunctionError` when it fails. */
  public async invoke(event: unknown): Promise<unknown> {
    this.invocations += 1;
    const environment = await this.acquire();
    try {
      return await environment.invoke(event);
    } finally {
      this.release(environment);
    }
  }

  /** Ends every process of the function. */
  public async stop(): Promise<void> {
    this.stopped = true;
    for (const freed of this.waiting.splice(0)) freed();
    await Promise.all([...this.environments].map((environment) => environment.stop()));
  }

  private async acquire(): Promise<ExecutionEnvironment> {
    while (!this.stopped) {
      const idle = this.idle.pop(); // the one used last, so that sequential invocations share what it has cached
      if (idle && !idle.ended) return idle;
      if (idle) {
        await this.discard(idle);
      } else if (this.environments.size < MAX_ENVIRONMENTS) {
        const environment = new ExecutionEnvironment(this.model, this.extraEnvironment, (line) => this.log(this.model.logicalId, line));
        this.environments.add(environment);
        return environment;
      } else {
        await new Promise<void>((freed) => this.waiting.push(freed));
      }
    }
    throw new FunctionError('Sandbox.Stopped', 'the function was stopped');
  }

  private release(environment: ExecutionEnvironment): void {
    this.idle.push(environment);
    this.waiting.shift()?.();
  }

  private async discard(environment: ExecutionEnvironment): Promise<void> {
    await environment.stop();
    this.environments.delete(environment);
  }
}
