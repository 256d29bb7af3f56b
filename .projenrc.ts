import { awscdk, javascript, typescript } from 'projen';

// Name, author and repository stand here and nowhere else.
const name = 'cdk-jwt-websocket-authorizer';
const repositoryUrl = `https://github.com/${name}/${name}.git`;

const runner = typescript.TypeScriptRunner.tsx({ tsconfig: 'tsconfig.dev.json' });

const project = new awscdk.AwsCdkConstructLibrary({
  name,
  description: 'JWT authentication on $connect of Amazon API Gateway WebSocket APIs, as one AWS CDK construct',
  author: `${name} maintainers`,
  authorAddress: `https://github.com/${name}`,
  authorOrganization: true,
  repositoryUrl,
  license: 'Apache-2.0',
  keywords: ['aws', 'cdk', 'awscdk', 'apigateway', 'websocket', 'jwt', 'jwks', 'authorizer', 'oidc', 'cognito', 'firebase', 'auth0'],
  defaultReleaseBranch: 'main',

  cdkVersion: '2.224.0', // the first with Runtime.NODEJS_24_X
  constructsVersion: '10.4.2',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  publishToPypi: { distName: name, module: name.replaceAll('-', '_'), trustedPublishing: true },
  npmTrustedPublishing: true,
  npmProvenance: true,

  projenrcTs: true,
  projenrcTsOptions: { runner, projenCodeDir: 'build-tools' },
  runner,
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.0.0', // what synthesizes; the function and this project's own tools run on 24
  workflowNodeVersion: '24',
  githubOptions: { mergify: false },
  pullRequestTemplate: false,
  sampleCode: false,
  lambdaAutoDiscover: false, // lambda/ is bundled by build-tools/bundle.ts: consumers never bundle
  integrationTestAutoDiscover: false, // integ-runner finds them itself, and runs them with tsx

  devDeps: [
    '@aws-cdk/integ-runner@2.197.10', // reads what aws-cdk-lib of the floor writes
    '@aws-cdk/integ-tests-alpha@2.214.0-alpha.0', // accepts the floor
    '@types/node@^24',
    '@types/oidc-provider',
    '@types/ws',
    'aws-lambda-ric@^4',
    'esbuild',
    'jose@^6',
    'node@^24', // puts the function's runtime first on the PATH of every npm script
    'oidc-provider@^9',
    'playwright-core',
    'selfsigned@^5',
    'tsx',
    'ws',
  ],

  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    compilerOptions: {
      module: 'node20', // jose is ESM only, and Node 24 requires it
      lib: ['es2023'],
      target: 'ES2023',
      types: ['node', 'jest'],
      rootDir: '.',
      // The examples import the package by its name, in this repository as in a user's.
      paths: { [name]: ['./src/index.ts'] },
    },
    include: ['.projenrc.ts'],
    exclude: ['lib', 'dist'],
  },
  eslintOptions: {
    dirs: ['src'],
    devdirs: ['lambda', 'local', 'examples/typescript', 'test'], // what they import is bundled or stays at home
    tsconfigPath: './tsconfig.dev.json',
    projectService: false,
    commandOptions: { fix: false }, // a test must not edit; `npm run eslint -- --fix` does
  },
  jestOptions: {
    configFilePath: 'jest.config.json',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    junitReporting: false,
    jestConfig: { testTimeout: 20_000, collectCoverage: false, cacheDirectory: 'node_modules/.cache/jest' },
  },

  gitignore: ['assets/', 'cdk.out/', '**/*.snapshot/asset.*', '.venv/', '__pycache__/', '*.tgz', '.jsii.tabl.json'],
});

// 1.13.0 lists bindings that were never published, and `npm ci` refuses a lock file without them.
project.package.addPackageResolutions('unrs-resolver@~1.12.2');

// The native addon of AWS's runtime client takes 42 s of cmake; the local run does without it (local/).
project.addFields({ allowScripts: { 'node': true, 'aws-lambda-ric': false } });
// Not as prestart and pretest, which npm leaves out where a user has switched scripts off.
for (const script of ['start', 'test']) {
  project.setScript(script, `node build-tools/setup.mjs && projen ${script}`);
}

project.tryRemoveFile('build-tools/tsconfig.json'); // tsconfig.dev.json covers it

const bundle = project.addTask('bundle', {
  description: 'Bundle lambda/ into assets/, which the package ships',
  exec: 'tsx build-tools/bundle.ts',
});
project.preCompileTask.spawn(bundle);

project.addTask('start', {
  description: 'Run the example on this machine, without AWS',
  exec: 'tsx --tsconfig tsconfig.dev.json local/main.ts',
  receiveArgs: true,
});
project.addTask('unit', {
  description: 'The unit tests of src/ and lambda/: seconds',
  exec: 'jest --ci test/src test/lambda test/contract',
  env: { NODE_OPTIONS: '--experimental-vm-modules' }, // jose is ESM only
  receiveArgs: true,
});
project.addTask('integ', {
  description: 'Compare the integration test with its snapshot; with credentials and --update-on-failed, deploy it',
  exec: "integ-runner --language typescript --app 'tsx --tsconfig tsconfig.dev.json {filePath}'",
  receiveArgs: true,
});
// They would run without what `unit` sets.
project.removeTask('test:update');
project.removeTask('test:watch');
project.gitattributes.addAttributes('*.snapshot/**', 'linguist-generated');
project.testTask.reset('tsx --tsconfig tsconfig.dev.json build-tools/test.ts', { receiveArgs: true });

// projen takes build-tools/test.ts for a test of jest's.
project.tryFindObjectFile('jest.config.json')!.addOverride('testMatch', ['<rootDir>/test/**/*.test.ts']);

// What is published is compiled, whatever was done before.
const packageAll = project.tasks.tryFind('package-all')!;
packageAll.prependSpawn(project.compileTask);
packageAll.prependSpawn(project.preCompileTask);

// projen names the registry's host here; publib's default is the same host.
project.tryFindObjectFile('.github/workflows/release.yml')!
  .addDeletionOverride('jobs.release_npm.steps.9.env.NPM_REGISTRY');

// A user's clone must not record where its packages came from.
new javascript.NpmConfig(project).addConfig('omit-lockfile-registry-resolved', 'true');

for (const file of ['.npmrc', '.jsii.tabl.json', 'CONTRIBUTING.md', 'SECURITY.md']) {
  project.addPackageIgnore(`/${file}`);
}
for (const dir of ['lambda', 'local', 'examples', 'build-tools', 'docs', 'rosetta', 'cdk.out', '.ci']) {
  project.addPackageIgnore(`/${dir}/`);
}
project.addPackageIgnore('!/assets/');

project.synth();
