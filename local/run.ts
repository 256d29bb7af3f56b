import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAssembly } from './assembly';
import { Gateway } from './gateway';
import { Invoker } from './invoker';
import { Journal } from './journal';
import { LambdaFunction } from './lambda-function';
import { Page } from './page/server';
import { Provider } from './provider';
import { bundle, synth } from './synth';
import { readTemplate } from './template';
import { AUDIENCE } from './tokens';

export interface LocalRunOptions {
  /**
   * The CDK app to run; it reads `issuer`, `jwksUri` and `audience` from its context.
   *
   * @default examples/typescript/app.ts
   */
  readonly app?: string;
  /** Told of each step as it begins. */
  readonly onProgress?: (step: string) => void;
  /** Ends what is under way when the run is to stop before it has started. */
  readonly signal?: AbortSignal;
}

/** A running local run: an app on this machine, with an identity provider, and a page. */
export interface LocalRun {
  readonly provider: Provider;
  /** The URL of the API's stage. */
  readonly url: string;
  /** The function that authorizes connections. */
  readonly authorizer: LambdaFunction;
  readonly journal: Journal;
  readonly page: Page;
  /** Ends all processes and servers, and removes all files. */
  stop(): Promise<void>;
}

/** Starts an app on this machine, without AWS; when that fails, nothing stays behind. */
export async function startLocal(options: LocalRunOptions = {}): Promise<LocalRun> {
  const { app = 'examples/typescript/app.ts', onProgress = () => {}, signal = new AbortController().signal } = options;
  const stops: (() => Promise<void>)[] = [];
  let stopped: Promise<void> | undefined;
  const stop = () => stopped ??= (async () => {
    for (const one of stops.reverse()) await one();
  })();
  const step = (name: string) => {
    signal.throwIfAborted();
    onProgress(name);
  };

  try {
    const directory = await mkdtemp(join(tmpdir(), 'local-run-'));
    stops.push(() => rm(directory, { recursive: true, force: true }));

    step('starting the identity provider');
    const provider = await Provider.start(AUDIENCE);
    stops.push(() => provider.stop());
    const certificate = join(directory, 'provider.pem');
    await writeFile(certificate, provider.certificate);

    step('bundling the verifier');
    await bundle(signal);

    step(`synthesizing ${app}`);
    const assembly = join(directory, 'cdk.out');
    await synth(app, { issuer: provider.issuer, jwksUri: provider.jwksUri, audience: AUDIENCE }, assembly, signal);

    step('starting the gateway from the synthesized template');
    const api = readTemplate(readAssembly(assembly));
    const journal = new Journal();
    const functions = api.functions.map((model) => new LambdaFunction(
      model, { NODE_EXTRA_CA_CERTS: certificate }, (logicalId, line) => journal.add({ kind: 'log', function: logicalId, line }),
    ));
    stops.push(async () => void await Promise.all(functions.map((lambda) => lambda.stop())));
    const gateway = new Gateway(api, new Invoker(functions, api.permissions), (handshake) => journal.add({ kind: 'handshake', ...handshake }));
    await gateway.start();
    stops.push(() => gateway.stop());
    const authorizer = functions.find(({ model }) => model === api.routes.get('$connect')?.authorizer?.function);
    if (!authorizer) throw new Error('the route $connect has no authorizer');
    const url = gateway.url(api.stages[0]);

    const page = new Page(url, provider, journal);
    await page.start();
    stops.push(() => page.stop());
    return { provider, url, authorizer, journal, page, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
