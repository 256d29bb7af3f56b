import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { check, type Row, ROWS } from '../../local/check';
import { connect } from '../../local/client';
import { Journal } from '../../local/journal';
import { type LocalRun, startLocal } from '../../local/run';
import { good, TOKENS } from '../../local/tokens';

const CHROMIUM = '/usr/bin/chromium';

let run: LocalRun;
const tokens: string[] = [];
const hosts = new Set<string>();

beforeAll(async () => {
  run = await startLocal();
}, 60_000);
afterAll(() => run?.stop());

/** The row, with its token noted. */
function noted(row: Row): Row {
  if (!row.token) return row;
  const token: Row['token'] = async (provider) => {
    const made = await row.token!(provider);
    tokens.push(made);
    return made;
  };
  return { ...row, token };
}

test.each(ROWS.map((row) => [row.sent, row] as const))('%s', async (_, row) => {
  expect(await check(noted(row), run)).toMatchObject({ status: row.status, reason: row.reason, passed: true });
});

test('a row fails on another status, on another reason, and when the function is not invoked but should be', async () => {
  expect(await check(noted({ sent: '', token: good, status: 403, reason: 'ok' }), run)).toMatchObject({ passed: false });
  expect(await check(noted({ sent: '', token: good, status: 101, reason: 'expired' }), run)).toMatchObject({ passed: false });
  expect(await check({ sent: '', status: 401, reason: 'no_token' }, run)).toMatchObject({ passed: false });
});

test('a row fails when the function is invoked but should not be, even if it writes no decision', async () => {
  const unread = { ...run, journal: new Journal() };
  expect(await check(noted({ sent: '', token: good, status: 101 }), unread)).toMatchObject({ reason: undefined, passed: false });
});

test('concurrent connections are admitted, and each further process of the function fetches the keys at most once', async () => {
  const token = await good(run.provider);
  tokens.push(token);
  const before = run.provider.keyRequests;
  const handshakes = await Promise.all(Array.from({ length: 4 }, () => connect(`${run.url}?authorization=${token}`)));
  expect(handshakes.map(({ status }) => status)).toEqual([101, 101, 101, 101]);
  for (const { socket } of handshakes) socket.terminate();
  expect(run.provider.keyRequests - before).toBeLessThanOrEqual(3);
});

const [inChromium, name] = existsSync(CHROMIUM) ? [describe, 'the page'] : [describe.skip, `there is no ${CHROMIUM}: the page`];

inChromium(name, () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const { chromium } = await import('playwright-core');
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ],
    });
    // The provider's certificate is its own.
    page = await browser.newPage({ ignoreHTTPSErrors: true });
    page.on('request', (request) => hosts.add(new URL(request.url()).hostname));
    page.on('requestfailed', (request) => { // kept back by the policy that the provider's pages have here
      if (request.failure()?.errorText === 'csp') hosts.delete(new URL(request.url()).hostname);
    });
    page.on('websocket', (socket) => tokens.push(...new URL(socket.url()).searchParams.getAll('authorization')));
    await page.goto(run.page.url);
  }, 60_000);
  afterAll(() => browser?.close());

  /** Connects, after removing what the log shows of connections before. */
  const connectWith = async (token: string) => {
    await page.locator('#log').evaluate((list) => list.replaceChildren());
    await page.getByRole('combobox', { name: 'Token' }).selectOption(token);
    await page.getByRole('button', { name: 'Connect' }).click();
  };
  const logLine = (text: RegExp) => page.locator('#log li', { hasText: text }).waitFor();

  test('shows that API Gateway itself refuses a connection without a token', async () => {
    await connectWith('no token');
    await page.getByText('Closed with code 1006.').waitFor();
    await logLine(/^API Gateway {2}401 /);
  });

  test.each(ROWS.filter(({ sent, status }) => sent in TOKENS && status === 403))('shows why it was refused: $sent', async ({ sent, reason }) => {
    await connectWith(sent);
    await page.getByText('Closed with code 1006.').waitFor();
    await logLine(/^API Gateway {2}403 /);
    await logLine(new RegExp(`"outcome":"deny","reason":"${reason}"`));
  });

  test('signs a person in, connects and shows the frames', async () => {
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByPlaceholder('Enter any login').fill('alice');
    await page.getByPlaceholder('and password').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Signed in as alice.').waitFor();
    await connectWith('my token');
    await page.getByText('Connected with my token.').waitFor();
    await page.getByLabel('Frame', { exact: true }).fill('hello from a browser');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('#frames li', { hasText: '"principalId":"alice"' }).waitFor();
    expect(await page.locator('#frames li').allTextContents()).toEqual([
      '→ hello from a browser', expect.stringMatching(/^← .*"message":"hello from a browser"/),
    ]);
    expect([...hosts].filter(Boolean).sort()).toEqual(['127.0.0.1', 'localhost']); // nobody else was asked for anything
  });

  test('a name of another site that resolves to this machine is refused', async () => {
    const { port } = new URL(run.page.url);
    const response = await page.request.get(run.page.url, { headers: { Host: `attacker.example:${port}` } });
    expect(response.status()).toBe(403);
  });
});

// Jest runs the tests of a file in order: this one sees all that the others caused.
test('no function wrote a token, or a part of one', () => {
  const written = run.journal.entries.flatMap((entry) => (entry.kind === 'log' ? [entry.line] : [])).join('\n');
  expect(written).toContain('"outcome":"allow"');
  expect(tokens.length).toBeGreaterThanOrEqual(ROWS.length - 1);
  for (const token of tokens) {
    const [, payload, signature] = token.split('.');
    expect(written).not.toContain(payload);
    expect(written).not.toContain(signature);
  }
});
