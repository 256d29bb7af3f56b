import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { eventually } from './function-model';
import { ROWS } from '../../local/check';

jest.setTimeout(60_000);

const ROOT = join(__dirname, '..', '..');
const MAIN = ['--import', 'tsx', 'local/main.ts'];

let directory: string;
let children: ChildProcess[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'main-'));
  children = [];
});
afterEach(() => {
  for (const child of children) {
    try {
      process.kill(-child.pid!, 'SIGKILL'); // what a failed test has left
    } catch {
      // nothing left, as it should be
    }
  }
  rmSync(directory, { recursive: true, force: true });
});

/** Starts a program that has a directory of its own for temporary files and leads a process group of its own. */
function start(program: string, args: string[]): ChildProcess {
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '', TMPDIR: directory, TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.dev.json') },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  children.push(child);
  return child;
}

/** Waits until no process of the group is left; the compiler that tsx started needs a moment to notice that it is alone. */
async function expectNothingLeftOf(child: ChildProcess): Promise<void> {
  await eventually(() => {
    try {
      return !process.kill(-child.pid!, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ESRCH';
    }
  });
  expect(readdirSync(directory).filter((name) => name.startsWith('local-run-'))).toEqual([]);
}

test('without a terminal it shows the table and stops by itself', async () => {
  const child = start(process.execPath, MAIN);
  const [output, [code]] = await Promise.all([text(child.stdout!), once(child, 'close')]);
  expect(output.match(/ pass$/gm)).toHaveLength(ROWS.length);
  expect(output).toContain(`${ROWS.length} passed, 0 failed`);
  expect(output).toMatch(/^no token +401, function not invoked +\d+ ms +pass$/m);
  expect(output).toMatch(/^good token +open; \$default sees service, exp \d+ +\d+ ms +pass$/m);
  expect(output).toMatch(/^expired token +403, expired +\d+ ms +pass$/m);
  expect(output).not.toContain('http');
  expect(code).toBe(0);
  await expectNothingLeftOf(child);
});

test('a row that fails is shown, and the exit code is 1', async () => {
  const child = start(process.execPath, [...MAIN, '--once', '--app', 'test/local/apps/accepts-expired.ts']);
  const [output, [code]] = await Promise.all([text(child.stdout!), once(child, 'close')]);
  expect(output).toMatch(/^expired token +open; \$default sees alice, exp \d+ +\d+ ms +fail: expected 403, expired$/m);
  expect(output).toContain(`${ROWS.length - 1} passed, 1 failed`);
  expect(code).toBe(1);
  await expectNothingLeftOf(child);
});

test.each([
  ['SIGINT', 'synthesizing'],
  ['SIGTERM', 'function not invoked'],
  ['SIGHUP', 'starting the identity provider'],
] as const)('%s at "%s" leaves nothing behind', async (signal, line) => {
  const child = start(process.execPath, MAIN);
  let output = '';
  child.stdout!.setEncoding('utf8').on('data', (chunk) => { output += chunk; });
  await eventually(() => output.includes(line));
  child.kill(signal);
  const [code] = await once(child, 'close');
  expect(code).toBe(130);
  expect(output).not.toContain('passed,');
  await expectNothingLeftOf(child);
});

test('in a terminal it stays up with the page until Ctrl-C', async () => {
  const program = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';
  const child = start('python3', ['-c', program, process.execPath, ...MAIN]);
  let output = '';
  child.stdout!.setEncoding('utf8').on('data', (chunk) => { output += chunk; });
  await eventually(() => output.includes('Ctrl-C ends it.'));
  const url = /Try it yourself: (\S+)/.exec(output)![1];
  expect((await fetch(url)).status).toBe(200);
  child.stdin!.write('\x03');
  expect(await once(child, 'close')).toEqual([0, null]);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
  await expectNothingLeftOf(child);
});
