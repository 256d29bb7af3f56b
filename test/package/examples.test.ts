import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run, tarball, userEnvironment, wheel } from './packed';

/** The examples, copied to where nothing of this repository is within reach, with the packed package installed. */
const apps = mkdtempSync(join(tmpdir(), 'examples-'));
const typescript = join(apps, 'typescript');
const python = join(apps, 'python');
const venv = join(python, '.venv', 'bin');

/** No newer ones, because npm and PyPI do not publish a version at the same time. */
const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { peerDependencies: Record<string, string> };
const floor = Object.entries(peerDependencies).map(([name, range]) => ({ name, version: range.replace('^', '') }));

beforeAll(async () => {
  cpSync(join(root, 'examples'), apps, { recursive: true, filter: (path) => !/node_modules|cdk\.out|\.venv|__pycache__/.test(path) });
  await Promise.all([installTypescript(), installPython()]);
}, 300_000);
afterAll(() => rmSync(apps, { recursive: true }));

async function installTypescript() {
  await run(typescript, 'npm', ['install', '--no-audit', '--no-fund', tarball, ...floor.map(({ name, version }) => `${name}@${version}`)]);
}

async function installPython() {
  await run(python, 'python3', ['-m', 'venv', '.venv']);
  await run(python, join(venv, 'pip'), ['install', '--quiet', '--no-compile', wheel, '-r', 'requirements.txt', ...floor.map(({ name, version }) => `${name}==${version}`)]);
}

/** Runs the app as the CDK's command line does, and as it is configured there by default. */
async function synthesize(dir: string, env: NodeJS.ProcessEnv) {
  const { app } = JSON.parse(readFileSync(join(dir, 'cdk.json'), 'utf8')) as { app: string };
  const outdir = join(dir, 'cdk.out');
  await run(dir, '/bin/sh', ['-c', app], {
    ...env,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({
      'aws:cdk:enable-asset-metadata': true,
      'aws:cdk:enable-path-metadata': true,
      'aws:cdk:version-reporting': true,
    }),
  });
  return JSON.parse(readFileSync(join(outdir, 'Chat.template.json'), 'utf8'));
}

/** Where Python, Node and a shell are found, and nothing else. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const bin = join(apps, 'bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, 'node'));
  return { HOME: userEnvironment.HOME, PATH: `${venv}:${bin}` };
}

test('the tarball can be required', async () => {
  const exported = await run(typescript, 'node', ['-p', "Object.keys(require('cdk-jwt-websocket-authorizer')).join()"]);
  expect(exported).toContain('JwtWebSocketAuthorizer');
});

test('the TypeScript example compiles against the packed declarations', async () => {
  await run(typescript, 'npm', ['run', 'check']);
}, 300_000);

test('both examples synthesize the same template, the Python one with neither esbuild nor Docker', async () => {
  const bare = bareEnvironment();
  for (const tool of ['esbuild', 'docker']) {
    await expect(run(python, '/bin/sh', ['-c', `command -v ${tool}`], bare)).rejects.toThrow();
  }

  const [fromTypescript, fromPython] = [await synthesize(typescript, userEnvironment), await synthesize(python, bare)];

  // The one resource that names the language: for AWS's usage statistics.
  for (const template of [fromTypescript, fromPython]) {
    expect(template.Resources.CDKMetadata.Properties.Analytics).toMatch(/^v2:/);
    delete template.Resources.CDKMetadata.Properties.Analytics;
  }
  expect(fromPython).toEqual(fromTypescript);
}, 300_000);

test("the README's Python runs", async () => {
  const [, snippet] = /```python\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8'))!;
  const [imports, ...statements] = snippet.trim().split('\n\n');
  const around = readFileSync(join(python, 'chat_stack.py'), 'utf8').replace(/^from cdk_jwt.*\n/m, '')
    .replace(/^class ChatStack.*/ms, 'class ReadmeStack(Stack):\n    def __init__(self, scope):\n        super().__init__(scope, "Readme")\n');
  const routes = 'routes = Function(self, "Routes", code=Code.from_asset(str(CHAT)), handler="index.handler", runtime=Runtime.NODEJS_24_X)\n'
    + 'integration = WebSocketLambdaIntegration("Connect", routes)\n';
  const body = [routes, ...statements].join('\n').replace(/^(?=.)/gm, '        ');
  writeFileSync(join(python, 'readme.py'), `${imports}\n${around}${body}\n\nfrom aws_cdk import App\napp = App()\nReadmeStack(app)\napp.synth()\n`);
  await run(python, join(venv, 'python'), ['readme.py']);
}, 120_000);
