import type { FetchedKeys } from '../../lambda/fetch-keys';
import { KeyCache } from '../../lambda/key-cache';
import { parseKeySet } from '../../lambda/key-set';
import { Signer } from '../support/signer';

// The rows of the table in docs/key-cache.md. Time is controlled, and the provider is scripted.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const [first, second] = [Signer.rsa('first'), Signer.ec('second')];

/** Answers each fetch in turn, and the last one for ever. */
function provider(...answers: (FetchedKeys | Error | 'hangs')[]) {
  return jest.fn(async (): Promise<FetchedKeys> => {
    const answer = answers.length > 1 ? answers.shift()! : answers[0];
    if (answer === 'hangs') {
      return new Promise((_, reject) => setTimeout(() => reject(new Error('timeout')), 4000));
    }
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  });
}

const good = (...signers: Signer[]): FetchedKeys => parseKeySet(JSON.stringify({ keys: signers.map(({ jwk }) => jwk) }));
const down = new Error('status_503');

/** Let time pass while the promise settles. */
async function after<T>(milliseconds: number, promise: Promise<T>): Promise<T | string> {
  const settled = promise.catch((error: Error) => error.message);
  await jest.advanceTimersByTimeAsync(milliseconds);
  return Promise.race([settled, new Promise<string>((resolve) => process.nextTick(() => process.nextTick(() => resolve('waits'))))]);
}

const find = async (cache: KeyCache, signer: Signer) => after(0, cache.find(signer.kid, signer.alg).then(({ kid }) => kid!));

beforeEach(() => {
  jest.useFakeTimers({ now: 1_800_000_000_000, doNotFake: ['nextTick'] });
  jest.spyOn(Math, 'random').mockReturnValue(0.5); // refresh-ahead at 80 % of the lifetime, three quarters of each pause
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

test('one fetch for any number of concurrent connections', async () => {
  const fetch = provider(good(first));
  const cache = new KeyCache(fetch);
  const found = await Promise.all(Array.from({ length: 100 }, () => cache.find('first', 'RS256')));
  expect(found.every(({ kid }) => kid === 'first')).toBe(true);
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('the fetch that the start began serves the first connection', async () => {
  const fetch = provider(good(first));
  const cache = new KeyCache(fetch);
  cache.warm();
  expect(await find(cache, first)).toBe('first');
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('a failing fetch at the start is not an error', async () => {
  const cache = new KeyCache(provider(down));
  expect(() => cache.warm()).not.toThrow();
  await jest.advanceTimersByTimeAsync(0);
});

test('fails where there is no key, after 4 s at the latest, and at once in the pause that follows', async () => {
  const fetch = provider('hangs', down);
  const cache = new KeyCache(fetch);
  expect(await after(3999, cache.find('first', 'RS256'))).toBe('waits');
  await jest.advanceTimersByTimeAsync(1);
  expect(await find(cache, first)).toBe('keys_unavailable');
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('a pause doubles with each failure up to 60 s, and ends with success', async () => {
  const fetch = provider(down, down, down, good(first));
  const cache = new KeyCache(fetch);
  for (const [pause, fetches] of [[0, 1], [749, 1], [1, 2], [1499, 2], [1, 3], [2999, 3], [1, 4]]) {
    await jest.advanceTimersByTimeAsync(pause);
    await find(cache, first);
    expect(fetch).toHaveBeenCalledTimes(fetches);
  }
  expect(await find(cache, first)).toBe('first');
});

test('after a success, the next pause is a short one', async () => {
  const fetch = provider(down, down, down, good(first), down);
  const cache = new KeyCache(fetch);
  for (let at = 0; at < 4; at++) {
    await find(cache, first);
    await jest.advanceTimersByTimeAsync(MINUTE);
  }
  await jest.advanceTimersByTimeAsync(10 * MINUTE);
  await find(cache, first);
  await jest.advanceTimersByTimeAsync(1000);
  await find(cache, first);
  expect(fetch).toHaveBeenCalledTimes(6);
});

test('a pause is never longer than 60 s', async () => {
  const fetch = provider(down);
  const cache = new KeyCache(fetch);
  for (let failures = 1; failures <= 20; failures++) {
    await find(cache, first);
    expect(fetch).toHaveBeenCalledTimes(failures);
    await jest.advanceTimersByTimeAsync(MINUTE);
  }
});

test('a held key decides without a fetch', async () => {
  const fetch = provider(good(first));
  const cache = new KeyCache(fetch);
  await find(cache, first);
  await jest.advanceTimersByTimeAsync(7 * MINUTE);
  expect(await find(cache, first)).toBe('first');
  expect(fetch).toHaveBeenCalledTimes(1);
});

test.each([
  ['unsaid', undefined, 10 * MINUTE],
  ['too short', 0, 5 * MINUTE],
  ['short', MINUTE, 5 * MINUTE],
  ['usual', 20 * MINUTE, 20 * MINUTE],
  ['too long', 24 * HOUR, 60 * MINUTE],
])('a lifetime that is %s', async (_, maxAge, lifetime) => {
  const fetch = provider({ ...good(first), maxAge });
  const cache = new KeyCache(fetch);
  await find(cache, first);
  await jest.advanceTimersByTimeAsync(0.8 * lifetime - 1);
  await find(cache, first);
  expect(fetch).toHaveBeenCalledTimes(1);
  await jest.advanceTimersByTimeAsync(1);
  await find(cache, first);
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('past refresh-ahead, a held key decides at once and the new set is fetched beside it', async () => {
  const fetch = provider(good(first), 'hangs');
  const cache = new KeyCache(fetch);
  await find(cache, first);
  await jest.advanceTimersByTimeAsync(9 * MINUTE);
  expect(await find(cache, first)).toBe('first');
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('an old set waits for the new one, which decides: a withdrawn key is refused', async () => {
  const fetch = provider(good(first), good(second));
  const cache = new KeyCache(fetch);
  await find(cache, first);
  await jest.advanceTimersByTimeAsync(11 * MINUTE);
  expect(await find(cache, first)).toBe('unknown_kid');
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('an old set decides after 1 s while the provider hangs, and at once in the pause that follows', async () => {
  const fetch = provider(good(first), 'hangs', down);
  const cache = new KeyCache(fetch);
  await find(cache, first);
  await jest.advanceTimersByTimeAsync(11 * MINUTE);
  expect(await after(999, cache.find('first', 'RS256'))).toBe('waits');
  expect(await after(1000, cache.find('first', 'RS256').then(({ kid }) => kid!))).toBe('first');
  await jest.advanceTimersByTimeAsync(2500); // the flight has failed after 4 s
  expect(await find(cache, first)).toBe('first');
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('held keys outlive an outage of 24 h, and no longer', async () => {
  const cache = new KeyCache(provider(good(first), down));
  await find(cache, first);
  await jest.advanceTimersByTimeAsync(24 * HOUR);
  expect(await find(cache, first)).toBe('first');
  await jest.advanceTimersByTimeAsync(1);
  expect(await find(cache, first)).toBe('keys_unavailable');
});

test('a key id that is not held is fetched: a new key is picked up', async () => {
  const fetch = provider(good(first), good(first, second));
  const cache = new KeyCache(fetch);
  await find(cache, first);
  expect(await find(cache, second)).toBe('second');
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('a storm of unknown key ids causes two fetches, then one in 30 s', async () => {
  const fetch = provider(good(first));
  const cache = new KeyCache(fetch);
  await find(cache, first);
  const storm = async () => {
    for (let at = 0; at < 50; at++) {
      await expect(cache.find(`unknown-${at}`, 'RS256')).rejects.toThrow('unknown_kid');
    }
  };
  await storm();
  expect(fetch).toHaveBeenCalledTimes(1 + 2);
  await jest.advanceTimersByTimeAsync(29_999);
  await storm();
  expect(fetch).toHaveBeenCalledTimes(1 + 2);
  await jest.advanceTimersByTimeAsync(1);
  await storm();
  expect(fetch).toHaveBeenCalledTimes(1 + 3);
});

test('an unknown key id in an outage is refused without a fetch', async () => {
  const fetch = provider(good(first), down);
  const cache = new KeyCache(fetch);
  await find(cache, first);
  expect(await find(cache, second)).toBe('unknown_kid');
  expect(await find(cache, second)).toBe('unknown_kid');
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(await find(cache, first)).toBe('first');
});

test('an unknown key id joins the flight under way, and takes nothing from the bucket', async () => {
  let land = (_: FetchedKeys): void => {};
  const fetch = provider(good(first)).mockResolvedValueOnce(good(first)).mockReturnValueOnce(new Promise((resolve) => { land = resolve; }));
  const cache = new KeyCache(fetch);
  await find(cache, first);
  await jest.advanceTimersByTimeAsync(9 * MINUTE);
  await find(cache, first); // starts the flight
  const joined = [1, 2, 3].map((at) => cache.find(`unknown-${at}`, 'RS256').catch(({ message }) => message));
  expect(fetch).toHaveBeenCalledTimes(2);
  land(good(first));
  expect(await Promise.all(joined)).toEqual(['unknown_kid', 'unknown_kid', 'unknown_kid']);
  await find(cache, second);
  await find(cache, second);
  expect(fetch).toHaveBeenCalledTimes(4); // both of the bucket were left
});

test('an unknown key id renews an old set, also when the bucket is empty', async () => {
  const fetch = provider(good(first), good(first), good(first), good(first, second));
  const cache = new KeyCache(fetch);
  await find(cache, first);
  await jest.advanceTimersByTimeAsync(10 * MINUTE - 1);
  await find(cache, second);
  await find(cache, second); // the bucket is empty, and the set is fresh again
  jest.setSystemTime(Date.now() - HOUR); // old, and no time has filled the bucket
  expect(await find(cache, second)).toBe('second');
  expect(fetch).toHaveBeenCalledTimes(4);
});

test('a pause takes nothing from the bucket', async () => {
  const fetch = provider(good(first), down, good(first), good(first, second));
  const cache = new KeyCache(fetch);
  await find(cache, first);
  await find(cache, second); // fails: a pause begins
  for (let at = 0; at < 5; at++) {
    await find(cache, second);
  }
  await jest.advanceTimersByTimeAsync(1000);
  await find(cache, second);
  expect(fetch).toHaveBeenCalledTimes(3);
});

test('a key of another algorithm is refused without a fetch', async () => {
  const fetch = provider(good(first));
  const cache = new KeyCache(fetch);
  await find(cache, first);
  await expect(cache.find('first', 'RS512')).rejects.toThrow('key_mismatch');
  await expect(cache.find('first', 'ES256')).rejects.toThrow('key_mismatch');
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('without a key id, the one key that suits the algorithm', async () => {
  const fetch = provider(good(first, second, Signer.rsa('third')));
  const cache = new KeyCache(fetch);
  expect((await cache.find(undefined, 'ES256')).kid).toBe('second');
  await expect(cache.find(undefined, 'RS256')).rejects.toThrow('kid_required');
  await expect(cache.find(undefined, 'ES384')).rejects.toThrow('kid_required');
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('EdDSA and Ed25519 are one algorithm', async () => {
  const cache = new KeyCache(provider(good(Signer.ed25519('ed', 'EdDSA'))));
  expect((await cache.find('ed', 'Ed25519')).kid).toBe('ed');
});

test('a flight that was frozen with the function is discarded and is no failure', async () => {
  const fetch = provider(good(first), 'hangs', good(second));
  const cache = new KeyCache(fetch);
  await find(cache, first);
  await jest.advanceTimersByTimeAsync(9 * MINUTE);
  await find(cache, first); // starts the flight
  jest.setSystemTime(Date.now() + HOUR); // frozen and thawed: no timer has fired
  expect(await find(cache, second)).toBe('second');
  expect(fetch).toHaveBeenCalledTimes(3);
});

test.each([['a good answer', good(first)], ['a failure', down]])('%s that a frozen flight brings when it thaws says nothing', async (_, answer) => {
  let land = (): void => {};
  const fetch = jest.fn()
    .mockImplementationOnce(() => new Promise((resolve, reject) => { land = () => (answer instanceof Error ? reject(answer) : resolve(answer)); }))
    .mockResolvedValue(good(second));
  const cache = new KeyCache(fetch);
  cache.warm();
  jest.setSystemTime(Date.now() + 23 * HOUR);
  land();
  await jest.advanceTimersByTimeAsync(0);
  expect(cache.ageSeconds).toBeUndefined();
  expect(await find(cache, second)).toBe('second');
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('a clock that went back does not stretch the pause', async () => {
  const fetch = provider(down, good(first));
  const cache = new KeyCache(fetch);
  await find(cache, first);
  jest.setSystemTime(Date.now() - HOUR);
  expect(await find(cache, first)).toBe('first');
});

test('knows the age of what it holds', async () => {
  const cache = new KeyCache(provider(good(first), down));
  expect(cache.ageSeconds).toBeUndefined();
  await find(cache, first);
  await jest.advanceTimersByTimeAsync(90_000);
  expect([cache.ageSeconds, cache.holds('first'), cache.holds('second')]).toEqual([90, true, false]);
  await jest.advanceTimersByTimeAsync(24 * HOUR);
  expect([cache.ageSeconds, cache.holds('first')]).toEqual([undefined, false]);
});

test('a clock that went back makes the set old', async () => {
  const fetch = provider(good(first));
  const cache = new KeyCache(fetch);
  await find(cache, first);
  jest.setSystemTime(Date.now() - HOUR);
  expect(await find(cache, first)).toBe('first');
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('tells of each fetch', async () => {
  const tell = jest.fn();
  const cache = new KeyCache(provider(down, Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' }), good(first, second)), tell);
  for (let at = 0; at < 3; at++) {
    await find(cache, first);
    await jest.advanceTimersByTimeAsync(MINUTE);
  }
  expect(tell.mock.calls).toEqual([[{ error: 'status_503' }], [{ error: 'EHOSTUNREACH' }], [{ keys: 2, unusable: 0 }]]);
});
