// Installs what `npm start` and `npm test` need on a fresh clone. Runs on the machine's own Node, with nothing installed.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const changed = (file) => (existsSync(root + file) ? statSync(root + file).mtimeMs : 0);

// npm writes this file last: newer than the lock file, it says that the installation is complete.
const installed = changed('node_modules/.package-lock.json') >= changed('package-lock.json') && changed('node_modules/node/bin/node') > 0;
if (!installed) {
  console.log('Installing (once, about a minute) …');
  // Scripts are off: the one that counts, which puts Node 24 first on the PATH, is run by name.
  for (const args of [['ci', '--ignore-scripts', '--no-audit', '--no-fund'], ['rebuild', 'node', '--ignore-scripts=false']]) {
    console.log(`> npm ${args.join(' ')}`);
    const { status } = spawnSync('npm', [...args, '--loglevel=error'], { cwd: root, stdio: 'inherit' });
    if (status !== 0) {
      console.error(`npm ${args.join(' ')} failed with exit code ${status}; its message stands above.`);
      process.exit(1);
    }
  }
}
