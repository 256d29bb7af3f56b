import { sameAlgorithm } from './algorithms';
import type { FetchedKeys } from './fetch-keys';
import type { VerificationKey } from './key-set';
import { KeysUnavailable, Refusal } from './reasons';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A fetch is given up after this; it is also the longest that a connection waits for one. */
const FETCH_DEADLINE = 4 * SECOND;
/** How long a connection whose key is held, but old, waits for the new set. */
const STALE_WAIT = 1 * SECOND;
/** Without a good answer for so long, a withdrawn key might still be trusted: nothing is decided any more. */
const TRUST_LIMIT = 24 * 60 * MINUTE;
const LIFETIME = { least: 5 * MINUTE, unsaid: 10 * MINUTE, most: 60 * MINUTE };
const BACKOFF = { first: 1 * SECOND, most: 60 * SECOND };
/** How many fetches strangers can cause with key ids that nobody has: two at once, then one in 30 s. */
const UNKNOWN_KIDS = { most: 2, refill: 30 * SECOND };

/** Tells of a fetch: how many keys are held now and how many were left out, or the code of what went wrong. */
export type FetchListener = (outcome: { readonly keys: number; readonly unusable: number } | { readonly error: string }) => void;

interface KeySet {
  readonly keys: readonly VerificationKey[];
  readonly fetchedAt: number;
  readonly expiresAt: number;
  /** From here on the set is renewed beside the decision, so that nobody waits for it. */
  readonly refreshAt: number;
}

/**
 * The keys behind one URL, held across connections and across the provider's outages.
 *
 * Ages are differences of `Date.now()`, never timers: a timer of a frozen function fires when it thaws.
 */
export class KeyCache {
  private set?: KeySet;
  private flight?: Promise<void>;
  private flightStartedAt = 0;
  private failures = 0;
  private retryAt = 0;
  private bucket = { level: UNKNOWN_KIDS.most, at: 0 };

  /** @param fetch gets the keys within so many milliseconds, or rejects */
  constructor(private readonly fetch: (milliseconds: number) => Promise<FetchedKeys>, private readonly tell: FetchListener = () => {}) {}

  /** Start the first fetch beside whatever else starts. Its failure is the first connection's to meet. */
  warm(): void {
    void this.refresh();
  }

  /** How old the held keys are, in seconds; undefined where none are held. */
  get ageSeconds(): number | undefined {
    const set = this.held();
    return set && Math.max(0, Math.round((Date.now() - set.fetchedAt) / SECOND));
  }

  /** Whether a key of that id is held now, for whatever algorithm. */
  holds(kid: string): boolean {
    return this.held()?.keys.some((key) => key.kid === kid) ?? false;
  }

  /**
   * The key that a token names, fetched at most once for it.
   *
   * @param kid absent: the one key that suits `alg`
   * @throws Refusal `unknown_kid`, `kid_required` or `key_mismatch`
   * @throws KeysUnavailable where no key is held and none can be had
   */
  async find(kid: string | undefined, alg: string): Promise<VerificationKey> {
    const set = this.held();
    if (set === undefined) {
      await this.renew(FETCH_DEADLINE);
    } else if (select(set.keys, kid, alg) === 'unknown_kid') {
      // An old set is renewed for whoever asks; a fresh one for a stranger's key id only as often as the bucket allows.
      if (this.isFlying() || this.isOld(set) || (!this.isBackingOff() && this.takeFromBucket())) {
        await this.renew(FETCH_DEADLINE);
      }
    } else if (this.isOld(set)) {
      await this.renew(STALE_WAIT);
    } else if (Date.now() >= set.refreshAt) {
      void this.renew(0);
    }

    const keys = this.held()?.keys;
    if (keys === undefined) {
      throw new KeysUnavailable();
    }
    const key = select(keys, kid, alg);
    if (typeof key === 'string') {
      throw new Refusal(key);
    }
    return key;
  }

  private held(): KeySet | undefined {
    return this.set && Date.now() - this.set.fetchedAt <= TRUST_LIMIT ? this.set : undefined;
  }

  /** Also where the clock went back: an age below zero says nothing. */
  private isOld(set: KeySet): boolean {
    return Date.now() >= set.expiresAt || Date.now() < set.fetchedAt;
  }

  private isBackingOff(): boolean {
    // A clock that went back must not stretch the pause.
    return Date.now() < this.retryAt && this.retryAt - Date.now() <= BACKOFF.most;
  }

  private isFlying(): boolean {
    return this.flight !== undefined && !this.isOverdue(this.flightStartedAt);
  }

  /** A flight that should have ended long ago was frozen with the function: it says nothing about the provider. */
  private isOverdue(startedAt: number): boolean {
    const elapsed = Date.now() - startedAt;
    return elapsed > FETCH_DEADLINE + SECOND || elapsed < 0;
  }

  private takeFromBucket(): boolean {
    const now = Date.now();
    const refilled = Math.max(0, now - this.bucket.at) / UNKNOWN_KIDS.refill;
    const level = Math.min(UNKNOWN_KIDS.most, this.bucket.level + refilled);
    const taken = level >= 1;
    this.bucket = { level: taken ? level - 1 : level, at: now };
    return taken;
  }

  /** Wait for the flight under way, or a new one, but not longer than so many milliseconds; not at all in a pause. */
  private async renew(milliseconds: number): Promise<void> {
    if (!this.isFlying() && this.isBackingOff()) {
      return;
    }
    const flight = this.isFlying() ? this.flight! : this.refresh();
    if (milliseconds > 0) {
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([flight, new Promise((resolve) => { timer = setTimeout(resolve, milliseconds); })]);
      clearTimeout(timer);
    }
  }

  /** Fetch once for everybody who waits. Never rejects. */
  private refresh(): Promise<void> {
    const startedAt = Date.now();
    this.flightStartedAt = startedAt;
    const counts = () => !this.isOverdue(startedAt); // a flight that another has replaced is overdue as well
    const flight: Promise<void> = this.fetch(FETCH_DEADLINE).then(
      (fetched) => { if (counts()) { this.accept(fetched); } },
      (error: NodeJS.ErrnoException) => { if (counts()) { this.backOff(error); } },
    ).finally(() => { if (this.flight === flight) { this.flight = undefined; } });
    this.flight = flight;
    return flight;
  }

  private accept({ keys, unusable, maxAge }: FetchedKeys): void {
    const now = Date.now();
    const lifetime = Math.min(LIFETIME.most, Math.max(LIFETIME.least, maxAge ?? LIFETIME.unsaid));
    // A thousand functions that started together must not all renew together.
    const refreshAt = now + lifetime * (0.7 + 0.2 * Math.random());
    this.set = { keys, fetchedAt: now, expiresAt: now + lifetime, refreshAt };
    this.failures = 0;
    this.retryAt = 0;
    this.tell({ keys: keys.length, unusable });
  }

  private backOff(error: NodeJS.ErrnoException): void {
    const pause = Math.min(BACKOFF.most, BACKOFF.first * 2 ** this.failures++);
    this.retryAt = Date.now() + pause * (0.5 + 0.5 * Math.random());
    this.tell({ error: error.code ?? error.message });
  }
}

/** The key that a token names among those that are held, or why there is none. */
function select(keys: readonly VerificationKey[], kid: string | undefined, alg: string): VerificationKey | 'unknown_kid' | 'kid_required' | 'key_mismatch' {
  const suited = keys.filter((key) => sameAlgorithm(key.alg, alg));
  if (kid === undefined) {
    return suited.length === 1 ? suited[0] : 'kid_required';
  }
  const named = suited.find((key) => key.kid === kid);
  return named ?? (keys.some((key) => key.kid === kid) ? 'key_mismatch' : 'unknown_kid');
}
