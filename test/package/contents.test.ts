import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run, sdist, tarball, wheel } from './packed';

const temporary = mkdtempSync(join(tmpdir(), 'contents-'));
const packed = join(temporary, 'package');
const unzipped = join(temporary, 'wheel');

const filesIn = (dir: string) => readdirSync(dir, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
  .sort();

beforeAll(async () => {
  await run(temporary, 'tar', ['xzf', tarball]);
  await run(temporary, 'python3', ['-m', 'zipfile', '-e', wheel, unzipped]);
});
afterAll(() => rmSync(temporary, { recursive: true }));

test('the tarball holds what users need, and nothing else', () => {
  expect(readdirSync(packed).sort()).toEqual(['.jsii', 'API.md', 'LICENSE', 'README.md', 'assets', 'lib', 'package.json']);
});

test('the tarball holds src/ compiled', () => {
  const sources = filesIn(join(root, 'src')).map((file) => file.replace(/\.ts$/, ''));
  expect(filesIn(join(packed, 'lib'))).toEqual(sources.flatMap((file) => [`${file}.d.ts`, `${file}.js`]).sort());
});

test('the tarball holds the bundle and the licences of what is in it', () => {
  expect(filesIn(join(packed, 'assets'))).toEqual(['authorizer/THIRD-PARTY-LICENSES', 'authorizer/index.js']);
  const assets = join(packed, 'assets', 'authorizer');
  expect(readFileSync(join(assets, 'index.js')).equals(readFileSync(join(root, 'assets', 'authorizer', 'index.js')))).toBe(true);
  expect(readFileSync(join(assets, 'THIRD-PARTY-LICENSES'), 'utf8')).toMatch(/^jose \S+ \(MIT\)\n\n.*Permission is hereby granted/s);
});

test('the package depends on nothing but the CDK', () => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'));
  expect(dependencies ?? {}).toEqual({});
  expect(Object.keys(peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
});

test('the wheel holds the Python module, typed, and the tarball itself', () => {
  const module = join(unzipped, 'cdk_jwt_websocket_authorizer');
  const [embedded, ...others] = readdirSync(join(module, '_jsii')).filter((file) => file.endsWith('.tgz'));
  expect(filesIn(module)).toEqual(['__init__.py', '_jsii/__init__.py', `_jsii/${embedded}`, 'py.typed']);
  expect(others).toEqual([]);
  expect(readFileSync(join(module, '_jsii', embedded)).equals(readFileSync(tarball))).toBe(true);
});

test('the source distribution holds the same module', async () => {
  const files = await run(temporary, 'tar', ['tzf', sdist]);
  expect(files).toMatch(/\/src\/cdk_jwt_websocket_authorizer\/__init__\.py$/m);
  expect(files).toMatch(/\/src\/cdk_jwt_websocket_authorizer\/_jsii\/cdk-jwt-websocket-authorizer@.*\.tgz$/m);
});
