/** What a step of `npm test` is made of. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** What a person must see, where something failed or was skipped. */
  readonly output: string;
}

export type Step = () => Promise<Outcome>;
export type Environment = Record<string, string>;

const KEPT_LINES = 80;

/** The longest step takes a minute or two: one that takes this long hangs. */
const LIMIT = 15 * 60_000;

export async function execute([program, ...args]: string[], env: Environment = {}): Promise<{ ok: boolean; output: string }> {
  const child = spawn(program, args, {
    env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => { output += text; });
  }
  const code = await new Promise((resolve) => child
    .on('error', (error) => { output += error.message; resolve(undefined); })
    .on('close', resolve));
  return { ok: code === 0, output: output.trimEnd().split('\n').slice(-KEPT_LINES).join('\n') };
}

/** A command counts as one test. */
export function command(...words: string[]): Step {
  return async () => {
    const { ok, output } = await execute(words);
    return ok ? { passed: 1, failed: 0, output: '' } : { passed: 0, failed: 1, output };
  };
}

/** Fails when the command changes one of the files: then what is committed is not what its source says. */
export function unchanged(files: string[], ...words: string[]): Step {
  const hash = (file: string) => createHash('sha256').update(existsSync(file) ? readFileSync(file) : '').digest('hex');
  return async () => {
    const before = files.map(hash);
    const outcome = await command(...words)();
    const changed = files.filter((file, index) => hash(file) !== before[index]);
    if (outcome.failed > 0 || changed.length === 0) {
      return outcome;
    }
    return { passed: 0, failed: 1, output: `'${words.join(' ')}' changed ${changed.join(', ')}: look at the difference and commit it` };
  };
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: { readonly assertionResults: { readonly fullName: string; readonly status: string }[] }[];
}

/** Each test of jest's counts; those that did not run are named. */
export function jest(args: string[], env: Environment = {}): Step {
  return async () => {
    const dir = mkdtempSync(join(tmpdir(), 'jest-'));
    const file = join(dir, 'report.json');
    try {
      const { ok, output } = await execute(['jest', '--ci', '--json', `--outputFile=${file}`, ...args], {
        NODE_OPTIONS: '--experimental-vm-modules', // jose is ESM only
        TMPDIR: dir, // each App leaves a directory there
        ...env,
      });
      if (!existsSync(file)) {
        return { passed: 0, failed: 1, output };
      }
      const report = JSON.parse(readFileSync(file, 'utf8')) as JestReport;
      // A file that does not load holds no test, and jest may fail for reasons that no test has.
      const failed = Math.max(report.numFailedTests + report.numRuntimeErrorTestSuites, ok ? 0 : 1);
      const skipped = report.testResults.flatMap((suite) => suite.assertionResults)
        .filter(({ status }) => status === 'pending' || status === 'todo')
        .map(({ fullName }) => `skipped: ${fullName}`);
      return { passed: report.numPassedTests, failed, output: [...skipped, ...(failed > 0 ? [output] : [])].join('\n') };
    } finally {
      rmSync(dir, { recursive: true });
    }
  };
}
