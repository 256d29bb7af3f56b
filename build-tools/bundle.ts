// Bundles lambda/ into assets/, which the package ships: what a consumer deploys is what was tested here.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const root = join(__dirname, '..');
const outdir = join(root, 'assets', 'authorizer');

const { metafile, outputFiles: [bundle] } = buildSync({
  absWorkingDir: root,
  entryPoints: ['lambda/authorizer.lambda.ts'],
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  minify: true,
  legalComments: 'none', // the licences stand whole in a file of their own
  metafile: true,
  write: false,
});

const packages = new Set(Object.keys(metafile.inputs).flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []));
const licences = [...packages].sort().map((name) => {
  const dir = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as { version: string; license: string };
  const file = readdirSync(dir).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) {
    throw new Error(`${name} ships no licence text: it cannot go into the bundle`);
  }
  return `${name} ${version} (${license})\n\n${readFileSync(join(dir, file), 'utf8').trim()}\n`;
});

mkdirSync(outdir, { recursive: true });
replace('index.js', bundle.text);
replace('THIRD-PARTY-LICENSES', licences.join(`\n${'-'.repeat(80)}\n\n`));

/** Somebody else may be reading the bundle: a file is replaced at once, and only where it differs. */
function replace(name: string, text: string): void {
  const file = join(outdir, name);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    const temporary = join(root, 'assets', `${name}.${process.pid}`);
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  }
}
