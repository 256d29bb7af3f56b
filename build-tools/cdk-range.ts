/** The unit tests again, with every other CDK that a user may have: floor and newest, with feature flags and without. */
import { readFileSync } from 'node:fs';
import { command, jest, type Step } from './steps';

/** Outside jest's and tsc's sight, and kept between runs. */
const newest = 'node_modules/.cache/cdk-newest';

export const cdkRange: Record<string, Step> = {
  'newest CDK installs': command('npm', 'install', '--prefix', newest, '--ignore-scripts', '--no-audit', '--no-fund', 'aws-cdk-lib@^2', 'constructs@^10'),
  'floor of the CDK, with feature flags': unitTests('node_modules', { flags: true }), // without them: 'unit tests'
  'newest CDK': unitTests(`${newest}/node_modules`, { flags: false }),
  'newest CDK, with feature flags': unitTests(`${newest}/node_modules`, { flags: true }),
};

function unitTests(modules: string, { flags }: { flags: boolean }): Step {
  return () => {
    const mapper = JSON.stringify({ '^(aws-cdk-lib|constructs)(/.*)?$': `<rootDir>/${modules}/$1$2` });
    // Every App reads its context here, as from the CDK's command line.
    const context = flags ? readFileSync(`${modules}/aws-cdk-lib/recommended-feature-flags.json`, 'utf8') : '{}';
    return jest(['test/src/', '--testPathIgnorePatterns', '<rootDir>/test/src/snapshot', '--moduleNameMapper', mapper], { CDK_CONTEXT_JSON: context })();
  };
}
