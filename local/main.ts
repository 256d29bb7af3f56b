import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startLocal } from './run';
import { checkAll } from './table';

/** Runs the app, tries the table, and stays up in a terminal; gives the exit code. */
async function main(stopped: AbortSignal): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false }, app: { type: 'string' } } });
  if (!process.version.startsWith('v24.')) {
    throw new Error(`the functions run on Node.js 24, this is ${process.version}: use 'npm start', which brings it`);
  }
  console.log('A WebSocket API on this machine, without AWS:');
  const run = await startLocal({ app: values.app, onProgress: (step) => console.log(`- ${step}`), signal: stopped });
  stopped.addEventListener('abort', () => void run.stop());
  try {
    const failed = await checkAll(run, console.log, stopped);
    if (!values.once && process.stdin.isTTY && process.stdout.isTTY) {
      console.log(`\nTry it yourself: ${run.page.url}\nCtrl-C ends it.`);
      if (!stopped.aborted) await once(stopped, 'abort');
    }
    return failed > 0 ? 1 : 0;
  } finally {
    await run.stop();
  }
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());

main(interruption.signal).then(
  (exitCode) => process.exit(exitCode),
  (error: Error) => {
    if (!interruption.signal.aborted) console.error(error.message);
    process.exit(interruption.signal.aborted ? 130 : 1);
  },
);
