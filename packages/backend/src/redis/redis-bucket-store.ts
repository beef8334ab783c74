import { randomUUID } from 'node:crypto';
import type {
  BucketGrant,
  BucketLimit,
  BucketState,
  BucketStore,
  Clock,
  TakeOptions,
  TakeResult,
} from '@fluxori/core';
import { checkLimits, checkPriority } from '../buckets/check-limits.js';
import { defaultLeaseMs, OpenGrants } from '../buckets/open-grants.js';
import type { Lifetime } from '../life/lifetime.js';
import { type BucketScripts, bucketScripts } from './lua/bucket-scripts.js';
import { leaseOf, PendingSettles } from './pending-settles.js';
import type { RedisLink } from './redis-link.js';
import type { RedisScript } from './redis-script.js';
import { StoreTime } from './store-time.js';

export interface RedisBucketOptions {
  readonly link: RedisLink;
  readonly life: Lifetime;
  readonly clock: Clock;
  /** How long a grant counts as in flight when this process does not renew it, by Redis' clock. */
  readonly leaseMs?: number;
  readonly newId?: () => string;
  readonly scripts?: BucketScripts;
}

type Argument = string | number;

/** How many buckets one script lists, so that others are not held up for long. */
const page = 500;

/** Buckets in Redis: each call is one script, one round trip, and what has been settled meanwhile goes with it. */
export class RedisBucketStore implements BucketStore {
  readonly #link: RedisLink;
  readonly #life: Lifetime;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #scripts: BucketScripts;
  readonly #time = new StoreTime();
  readonly #open: OpenGrants;
  readonly #settles = new PendingSettles(() => this.#call(this.#scripts.settle, []));

  constructor({
    link,
    life,
    clock,
    leaseMs = defaultLeaseMs,
    newId = randomUUID,
    scripts = bucketScripts(leaseMs),
  }: RedisBucketOptions) {
    this.#link = link;
    this.#life = life;
    this.#clock = clock;
    this.#newId = newId;
    this.#scripts = scripts;
    const renew = (grants: readonly BucketGrant[]) =>
      this.#call(this.#scripts.renew, [grants.length, ...grants.map(leaseOf)]);
    this.#open = new OpenGrants({ leaseMs, renew });
  }

  async take(limits: readonly BucketLimit[], { priority, waiter }: TakeOptions): Promise<TakeResult> {
    this.#life.check();
    checkLimits(limits);
    checkPriority(priority);
    const keys = limits.length === 1 ? [limits[0]!.key] : [...new Set(limits.map(({ key }) => key))];
    const grant: BucketGrant = { id: this.#newId(), keys };
    const hasWaiter = waiter === undefined ? 0 : 1;
    const args: Argument[] = [leaseOf(grant), priority, hasWaiter, waiter ?? '', 0, limits.length];
    for (const { key, ratePerSecond, burst } of limits) args.push(key, ratePerSecond, burst);
    let askedMs = this.#open.now();
    const [granted, , turnAt, limitedBy] = await this.#call<[number, string, string, string]>(
      this.#scripts.take,
      args,
      () => {
        args[4] = 1;
        askedMs = this.#open.now();
      },
    );
    if (granted === 1) {
      this.#open.add(grant, askedMs);
      return { granted: true, grant };
    }
    return { granted: false, retryAt: this.#time.toOurs(Number(turnAt)), limitedBy };
  }

  /** After the end it does nothing: nobody awaits it, and an unsettled grant errs on the safe side. */
  async settle(grant: BucketGrant, options: { consumed?: boolean } = {}): Promise<void> {
    if (this.#life.ended) return;
    this.#open.delete(grant);
    this.#settles.add(grant, options.consumed ?? true);
  }

  /** After the end it does nothing: a waiter that does not come is given up. */
  async forget(waiter: string): Promise<void> {
    if (!this.#life.ended) await this.#call(this.#scripts.forget, [waiter]);
  }

  async drain(limit: BucketLimit, { untilMs }: { untilMs?: number } = {}): Promise<void> {
    this.#life.check();
    checkLimits([limit]);
    const end =
      untilMs === undefined ? [0, 0, 0] : [1, this.#time.toStore(untilMs), untilMs - this.#clock.now()];
    await this.#call(this.#scripts.drain, [limit.key, limit.ratePerSecond, limit.burst, ...end]);
  }

  async inspect(prefix: string): Promise<readonly BucketState[]> {
    this.#life.check();
    const states: BucketState[] = [];
    for (let last: string | undefined; last !== ''; ) {
      const args = [prefix, last ?? '', page];
      const [, found, next] = await this.#call<[string, BucketReply[], string]>(this.#scripts.inspect, args);
      states.push(...found.map((reply) => this.#state(reply)));
      last = next;
    }
    return states;
  }

  /** Learns how far the store's clock is from ours, before anybody asks. */
  async open(): Promise<void> {
    await this.#call(this.#scripts.settle, []);
  }

  /** Tells the store what has been settled, if it is there to be told; what has not been is over now, too: nobody is left to send it. */
  async close(): Promise<void> {
    for (const grant of this.#open.close()) this.#settles.add(grant, true);
    this.#settles.stop();
    while (this.#settles.size > 0) {
      const left = this.#settles.size;
      await this.#settles.with([], (args) => this.#link.lastWord(this.#scripts.settle, args)).catch(() => {});
      if (this.#settles.size >= left) return;
    }
  }

  #call<Reply extends readonly unknown[]>(
    script: RedisScript,
    args: Argument[],
    onRepeat?: () => void,
  ): Promise<Reply> {
    return this.#settles.with(args, async (all) => {
      let askedMs = this.#clock.now();
      const repeat = () => {
        askedMs = this.#clock.now();
        onRepeat?.();
      };
      const reply = (await this.#link.script(script, all, { onRepeat: repeat })) as Reply;
      const storeMs = Number(typeof reply[0] === 'number' ? reply[1] : reply[0]);
      this.#time.learn(storeMs, askedMs, this.#clock.now());
      return reply;
    });
  }

  #state([key, rate, burst, level, inFlight, waiting, nextTokenAt]: BucketReply): BucketState {
    return {
      key,
      ratePerSecond: Number(rate),
      burst: Number(burst),
      level: Number(level),
      inFlight,
      waiting,
      nextTokenAt: this.#time.toOurs(Number(nextTokenAt)),
    };
  }
}

type BucketReply = readonly [string, string, string, string, number, number, string];
