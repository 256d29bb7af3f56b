/** Runs all that a change must pass. `npm test -- FILTER` runs the steps whose name contains the filter. */
import { readFileSync } from 'node:fs';
import { cdkRange } from './cdk-range';
import { command, execute, jest, unchanged, type Step } from './steps';

const generated = [...(JSON.parse(readFileSync('.projen/files.json', 'utf8')) as { files: string[] }).files, 'package.json', '.npmignore'];
const slowTests = ['<rootDir>/test/local/', '<rootDir>/test/package/'];

const steps: Record<string, Step> = {
  'generated files match .projenrc.ts': unchanged(generated, 'env', 'PROJEN_DISABLE_POST=1', 'projen', 'default'),
  'tracked files name no package registry': noRegistry,
  'lint': command('projen', 'eslint'),
  'type check': command('tsc', '--noEmit', '--pretty', 'false', '-p', 'tsconfig.dev.json'),
  'bundle': command('projen', 'bundle'),
  'jsii compile': command('projen', 'compile'),
  'API.md matches the docstrings': unchanged(['API.md'], 'projen', 'docgen'),
  'snippets of README and docstrings compile': command('jsii-rosetta', 'extract', '--strict', '.'),
  'unit tests': jest(['--testPathIgnorePatterns', '/node_modules/', ...slowTests]),
  'integration test matches its snapshot': command('projen', 'integ'),
  'local run': jest(['test/local/']),
  'package': command('sh', '-c', 'rm -rf dist/js dist/python && projen package-all'),
  'package tests': jest(['test/package/']),
  ...cdkRange,
};

/** A lock file records by itself where packages came from, and projen's release workflow where they go. */
async function noRegistry() {
  const { output } = await execute(['git', 'grep', '-nIiE', '(npmjs|yarnpkg|pypi|pythonhosted)\\.(org|com)|"resolved": +"http']);
  return output === '' ? { passed: 1, failed: 0, output } : { passed: 0, failed: 1, output };
}

async function main(filter: string) {
  if (!process.version.startsWith('v24.')) {
    throw new Error(`the tests run on Node 24, the function's runtime, and this is ${process.version}: start them with 'npm test'`);
  }
  let [passed, failed] = [0, 0];
  const chosen = Object.entries(steps).filter(([candidate]) => candidate.includes(filter));
  if (chosen.length === 0) {
    console.log(`no step has '${filter}' in its name; there are:\n${Object.keys(steps).join('\n')}`);
  }
  for (const [name, step] of chosen) {
    process.stdout.write(`${name} … `);
    const startedAt = performance.now();
    const outcome = await step();
    passed += outcome.passed;
    failed += outcome.failed;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${outcome.passed} passed, ${outcome.failed} failed in ${seconds} s${outcome.output && `\n${outcome.output}\n`}`);
  }
  process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
  console.log(`\n${passed} passed, ${failed} failed`);
}

void main(process.argv.slice(2).join(' '));
