import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { REGION } from './intrinsics';
import type { FunctionModel } from './template';

/** How a function failed, in Lambda's terms: `Runtime.ExitError`, `Sandbox.Timedout`, or the name of what was thrown. */
export class FunctionError extends Error {
  public constructor(public readonly errorType: string, message: string) {
    super(message);
  }
}

interface Invocation {
  readonly requestId: string;
  readonly event: unknown;
  readonly resolve: (payload: unknown) => void;
  readonly reject: (error: FunctionError) => void;
}

const INIT_SECONDS = 10; // Lambda's limit for an on-demand function

/**
 * One execution environment of a function: a process with AWS's own runtime client, and the Runtime API that it polls.
 *
 * It runs one invocation at a time. After a timeout, an exit or a failed initialization it has ended for good.
 */
export class ExecutionEnvironment {
  private readonly runtimeApi = createServer((request, response) => {
    // A process that ended while it posted: its end is reported when it closes.
    void this.serve(request, response).catch(() => response.destroy());
  });
  private starting?: Promise<void>;
  private stopProcess?: () => Promise<void>;
  private invocation?: Invocation;
  private poll?: ServerResponse;
  private timer?: NodeJS.Timeout;
  private end?: FunctionError;

  public constructor(
    private readonly model: FunctionModel,
    private readonly extraEnvironment: Record<string, string>,
    private readonly log: (line: string) => void,
  ) {
    this.runtimeApi.keepAliveTimeout = 0; // one connection serves the runtime client, however long the function takes
  }

  public get ended(): boolean {
    return this.end !== undefined;
  }

  /** Invokes the function, in a process of its own that the first invocation starts; rejects with a `FunctionError` when it fails. */
  public async invoke(event: unknown): Promise<unknown> {
    await (this.starting ??= this.start());
    return new Promise((resolve, reject) => {
      if (this.end) return reject(this.end);
      this.invocation = { requestId: randomUUID(), event, resolve, reject };
      return this.deliver();
    });
  }

  /** Ends the process and the Runtime API; resolves when both are gone. */
  public async stop(): Promise<void> {
    this.fail('Sandbox.Stopped', 'the execution environment was stopped');
    await this.starting;
    await this.stopProcess?.();
    this.runtimeApi.closeAllConnections();
    if (this.runtimeApi.listening) await once(this.runtimeApi.close(), 'close');
  }

  private async start(): Promise<void> {
    await once(this.runtimeApi.listen(0, '127.0.0.1'), 'listening');
    if (this.end) return void this.runtimeApi.close(); // stopped meanwhile
    const { port } = this.runtimeApi.address() as AddressInfo;
    const runtimeClient = require.resolve('aws-lambda-ric');
    const child = spawn(process.execPath, ['--require', join(__dirname, 'rapid-client.cjs'), runtimeClient], {
      cwd: this.model.taskRoot,
      env: this.environment(`127.0.0.1:${port}`),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const closed = once(child, 'close');
    child.once('error', (error) => this.fail('Sandbox.Failed', error.message));
    this.stopProcess = async () => {
      child.kill('SIGKILL');
      await closed;
    };
    this.limit(INIT_SECONDS, 'Initialization');
    for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', this.log);
    // 'close' comes when everything that the process wrote has been read.
    child.once('close', (code) => this.fail('Runtime.ExitError', code ? `Runtime exited with error: exit status ${code}` : 'Runtime exited without providing a reason'));
  }

  /** What Lambda defines, and what the template says; nothing of this process's own environment. */
  private environment(runtimeApi: string): NodeJS.ProcessEnv {
    const { name, handler, taskRoot, memoryMb, logGroup, logFormat, logLevel, environment } = this.model;
    return {
      _HANDLER: handler,
      AWS_DEFAULT_REGION: REGION,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_FORMAT: logFormat,
      ...(logLevel && { AWS_LAMBDA_LOG_LEVEL: logLevel }),
      AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
      AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${randomUUID()}`,
      AWS_LAMBDA_RUNTIME_API: runtimeApi,
      AWS_REGION: REGION,
      LAMBDA_TASK_ROOT: taskRoot,
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      ...environment,
      ...this.extraEnvironment,
    };
  }

  /** The Runtime API, see "Using the Lambda runtime API for custom runtimes" in the Lambda developer guide. */
  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , , ...path] = request.url!.split('/'); // after /2018-06-01/runtime
    if (path.join('/') === 'invocation/next') {
      this.poll = response;
      return this.deliver();
    }
    const body = JSON.parse(await text(request));
    response.writeHead(202).end();
    const outcome = path.at(-1);
    if (path[0] === 'init') return this.fail(body.errorType, body.errorMessage);
    if (path[1] !== this.invocation?.requestId) return undefined;
    return this.settle(({ resolve, reject }) => outcome === 'response' ? resolve(body) : reject(new FunctionError(body.errorType, body.errorMessage)));
  }

  /** Hands the waiting invocation to the waiting runtime client, as soon as there are both. */
  private deliver(): void {
    const { invocation, poll, model } = this;
    if (!invocation || !poll) return;
    this.poll = undefined;
    this.limit(model.timeoutSeconds);
    poll.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': Date.now() + model.timeoutSeconds * 1000,
      'Lambda-Runtime-Invoked-Function-Arn': model.arn,
    }).end(JSON.stringify(invocation.event));
  }

  private limit(seconds: number, what = 'Task'): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fail('Sandbox.Timedout', `${what} timed out after ${seconds.toFixed(2)} seconds`), seconds * 1000);
  }

  private settle(how: (invocation: Invocation) => void): void {
    clearTimeout(this.timer);
    if (this.invocation) how(this.invocation);
    this.invocation = undefined;
  }

  /** Ends this environment, as Lambda does after a failure that is not the handler's own. */
  private fail(errorType: string, reason: string): void {
    if (this.end) return;
    this.end = new FunctionError(errorType, this.invocation ? `RequestId: ${this.invocation.requestId} Error: ${reason}` : reason);
    if (this.invocation) this.log(this.end.message);
    this.settle(({ reject }) => reject(this.end!));
    void this.stopProcess?.();
  }
}
