import { check, type Result, type Row, ROWS } from './check';
import type { LocalRun } from './run';

const WIDTHS = [40, 44, 9];

/** Tries the rows one after another and prints each as it is done; gives the number of those that failed. */
export async function checkAll(run: LocalRun, print: (line: string) => void, signal: AbortSignal): Promise<number> {
  print(format('sent', 'API Gateway answers', 'time', ''));
  let failed = 0;
  for (const row of ROWS) {
    signal.throwIfAborted();
    const result = await check(row, run);
    if (!result.passed) failed += 1;
    const expected = `fail: expected ${describe(row)}`;
    print(format(row.sent, describe(result), `${Math.round(result.elapsedMs)} ms`, result.passed ? 'pass' : expected));
  }
  print(`${ROWS.length - failed} passed, ${failed} failed`);
  return failed;
}

function describe({ status, reason, reply }: Pick<Row & Result, 'status' | 'reason' | 'reply'>): string {
  const answer = status === 101 ? 'open' : String(status);
  if (reply) return `${answer}; $default sees ${reply.principalId}, exp ${reply.context.exp}`;
  return reason ? `${answer}, ${reason}` : `${answer}, function not invoked`;
}

function format(...cells: string[]): string {
  return cells.map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0)).join('  ').trimEnd();
}
