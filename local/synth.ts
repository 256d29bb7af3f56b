import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(__dirname, '..');

/** Builds the bundle that the construct ships. */
export async function bundle(signal: AbortSignal): Promise<void> {
  await run('build-tools/bundle.ts', {}, signal);
}

/** Synthesizes a CDK app into a directory, as `cdk synth` would. */
export async function synth(app: string, context: Record<string, string>, outdir: string, signal: AbortSignal): Promise<void> {
  await run(app, { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) }, signal);
}

/** Runs a TypeScript program of this project in one process, which the signal ends. */
async function run(program: string, environment: Record<string, string>, signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    cwd: ROOT,
    env: { ...process.env, TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.dev.json'), ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  const [[code], errors] = await Promise.all([once(child, 'close'), text(child.stderr)]);
  if (code !== 0) throw new Error(`${program} failed with exit code ${code}:\n${errors}`);
}
