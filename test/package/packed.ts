/** What `npm run package-all` made, and how a user's shell treats it: outside this repository. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const root = join(__dirname, '..', '..');
export const tarball = findPacked('js', '.tgz');
export const wheel = findPacked('python', '.whl');
export const sdist = findPacked('python', '.tar.gz');

function findPacked(language: string, extension: string): string {
  const dir = join(root, 'dist', language);
  const [file, ...others] = readdirSync(dir).filter((name) => name.endsWith(extension));
  if (file === undefined || others.length > 0) {
    throw new Error(`${dir} must hold one *${extension}: run 'npm run package-all' after removing dist/`);
  }
  return join(dir, file);
}

/** The environment of a user's shell: what npm, tsx and the runner of the tests set is about this repository. */
export const userEnvironment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|TSX_|NODE_OPTIONS$)/i.test(name)),
);

/** The error of a command that fails holds what it wrote. */
export async function run(cwd: string, command: string, args: string[], env = userEnvironment): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 }).catch((error) => {
    throw new Error(`${error.message}\n${error.stdout}`);
  });
  return stdout;
}
