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
import { storableJson } from '../json/storable-json.js';
import type { Lifetime } from '../life/lifetime.js';
import type { SqlResult } from '../sql/sql.js';
import type { Attempt } from './postgres-sql.js';
import { StoreClock } from './store-clock.js';

/** What the store needs of a database. */
export interface BucketSql {
  once<Row>(text: string, parameters: readonly unknown[], timeoutMs?: number): Promise<SqlResult<Row>>;
  patiently<T>(work: (attempt: Attempt) => Promise<T>): Promise<T>;
}

export interface SharedBucketOptions {
  readonly sql: BucketSql;
  readonly life: Lifetime;
  readonly clock: Clock;
  readonly schema: string;
  /** Puts a failure of the database into our own words. */
  readonly inOurWords: (error: unknown) => Error;
  /** How long a grant counts as in flight when this process does not renew it, by the database's clock. */
  readonly leaseMs?: number;
}

type Order =
  | {
      readonly do: 'take' | 'drain';
      readonly keys: readonly string[];
      readonly rates: readonly number[];
      readonly bursts: readonly number[];
      readonly id?: string;
      readonly priority?: number;
      readonly waiter?: string;
      readonly until?: number;
    }
  | { readonly do: 'settle'; readonly id: string; readonly consumed: boolean }
  | { readonly do: 'renew'; readonly ids: readonly string[] }
  | { readonly do: 'forget'; readonly waiter: string };

interface Errand {
  /** Made when it is sent, because a time in it depends on what has been learned of the clocks until then. */
  readonly order: () => Order;
  readonly done: (turn: Turn | undefined) => void;
  readonly failed: (error: Error) => void;
}

/** `atMs` is null when a token was given. */
interface Turn {
  readonly atMs: number | null;
  readonly limitedBy: string | null;
}

interface TurnRow {
  readonly now_ms: number;
  readonly turns_at_ms: readonly (number | null)[];
  readonly limited_by: readonly (string | null)[];
}

/**
 * So many statements are under way at once; what comes meanwhile goes with the next one, many together. Two, so that one is ready when the other
 * is on the disk; more only make smaller bundles (measured with 1, 2 and 4).
 */
const mostStatements = 2;
/** A statement holds the locks of its buckets until it ends, so it is kept short. */
const mostErrands = 100;
/** How long a settled request waits for company. */
const settleMs = 10;
/** Settled requests that are kept while the database is away; what is beyond ends with its lease. */
const mostSettled = 10_000;

/**
 * Buckets in a database that other processes use too. Every call is one statement (see `sql/bucket-turn.ts`), calls that come together are
 * one statement together, and settled requests go along with them.
 */
export class SharedBucketStore implements BucketStore {
  readonly #sql: BucketSql;
  readonly #life: Lifetime;
  readonly #clock: Clock;
  readonly #storeClock: StoreClock;
  readonly #inOurWords: (error: unknown) => Error;
  readonly #leaseMs: number;
  readonly #text: { readonly turn: string; readonly look: string; readonly time: string };
  readonly #open: OpenGrants;
  #errands: Errand[] = [];
  #settled: Order[] = [];
  #running = new Set<Promise<void>>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ sql, life, clock, schema, inOurWords, leaseMs = defaultLeaseMs }: SharedBucketOptions) {
    this.#sql = sql;
    this.#life = life;
    this.#clock = clock;
    this.#storeClock = new StoreClock(clock);
    this.#inOurWords = inOurWords;
    this.#leaseMs = leaseMs;
    const renew = (grants: readonly BucketGrant[]) =>
      this.#send(() => ({ do: 'renew', ids: grants.map((grant) => grant.id) }));
    this.#open = new OpenGrants({ leaseMs, renew });
    this.#text = {
      turn: `select now_ms, turns_at_ms, limited_by from ${schema}.bucket_turn($1::text::jsonb, $2, $3)`,
      look: `select * from ${schema}.bucket_look($1, $2)`,
      time: `select ${schema}.wall_ms() + ahead_ms as now_ms from ${schema}.bucket_clock`,
    };
  }

  async take(limits: readonly BucketLimit[], { priority, waiter }: TakeOptions): Promise<TakeResult> {
    this.#life.check();
    checkLimits(limits);
    checkPriority(priority);
    const id = randomUUID();
    const order: Order = {
      do: 'take',
      id,
      ...spread(limits),
      priority,
      ...(waiter !== undefined && { waiter }),
    };
    let askedMs = 0;
    const turn = await this.#send(() => {
      askedMs = this.#open.now();
      return order;
    });
    if (turn === undefined || turn.atMs === null) {
      const grant = { id, keys: [...new Set(limits.map((limit) => limit.key))] };
      this.#open.add(grant, askedMs);
      return { granted: true, grant };
    }
    return { granted: false, retryAt: this.#storeClock.toOurs(turn.atMs), limitedBy: turn.limitedBy! };
  }

  /** Goes with the next statement, a moment later at the latest. After the end it does nothing: the lease ends by itself. */
  async settle(grant: BucketGrant, options: { consumed?: boolean } = {}): Promise<void> {
    this.#open.delete(grant);
    if (this.#life.ended || this.#settled.length >= mostSettled) return;
    this.#settled.push({ do: 'settle', id: grant.id, consumed: options.consumed ?? true });
    if (this.#settled.length >= mostErrands) this.#run();
    else this.#timer ??= setTimeout(() => this.#run(), settleMs);
  }

  /** After the end it does nothing: who does not come leaves the line. */
  async forget(waiter: string): Promise<void> {
    if (this.#life.ended) return;
    await this.#send(() => ({ do: 'forget', waiter }));
  }

  async drain(limit: BucketLimit, options: { untilMs?: number } = {}): Promise<void> {
    this.#life.check();
    checkLimits([limit]);
    const { untilMs } = options;
    if (untilMs !== undefined && this.#storeClock.toStore(untilMs) === undefined) await this.#learnTime();
    await this.#send(() => {
      const until = untilMs === undefined ? undefined : this.#storeClock.toStore(untilMs);
      return { do: 'drain', ...spread([limit]), ...(until !== undefined && { until }) };
    });
  }

  async inspect(prefix: string): Promise<readonly BucketState[]> {
    this.#life.check();
    this.#run();
    await Promise.all(this.#running);
    return this.#look(prefix);
  }

  /** Tells what has been settled. What has not is over now too: whoever closes the store has nothing under way. */
  async close(): Promise<void> {
    for (const { id } of this.#open.close()) this.#settled.push({ do: 'settle', id, consumed: true });
    this.#run();
    await Promise.all(this.#running);
  }

  async #look(prefix: string): Promise<readonly BucketState[]> {
    const rows = await this.#asked<LookRow>(this.#text.look, () => [prefix, this.#leaseMs]).catch((error) => {
      throw this.#inOurWords(error);
    });
    return rows.map((row) => ({
      key: row.key,
      ratePerSecond: row.rate_per_second,
      burst: row.burst,
      level: row.level,
      inFlight: row.in_flight,
      waiting: row.waiting,
      nextTokenAt: this.#storeClock.toOurs(row.next_at_ms),
    }));
  }

  async #learnTime(): Promise<void> {
    await this.#asked(this.#text.time, () => []).catch((error) => {
      throw this.#inOurWords(error);
    });
  }

  /** Asks, and learns from each answer how the clocks compare. */
  async #asked<Row extends { now_ms: number }>(
    text: string,
    parameters: (attempt: Attempt) => readonly unknown[],
  ): Promise<readonly Row[]> {
    return this.#sql.patiently(async (attempt) => {
      const askedAtMs = this.#clock.now();
      const { rows } = await this.#sql.once<Row>(text, parameters(attempt), attempt.leftMs);
      if (rows[0] !== undefined) this.#storeClock.learn(askedAtMs, rows[0].now_ms);
      return rows;
    });
  }

  #send(order: () => Order): Promise<Turn | undefined> {
    return new Promise((done, failed) => {
      this.#errands.push({ order, done, failed });
      this.#run();
    });
  }

  /** Sends what there is, unless enough is under way: then it goes with the first that ends. */
  #run(): void {
    while (this.#running.size < mostStatements && this.#errands.length + this.#settled.length > 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      const settled = this.#settled.splice(0, mostErrands);
      const errands = this.#errands.splice(0, mostErrands);
      const running: Promise<void> = this.#carryOut(settled, errands).finally(() => {
        this.#running.delete(running);
        this.#run();
      });
      this.#running.add(running);
    }
  }

  async #carryOut(settled: readonly Order[], errands: readonly Errand[]): Promise<void> {
    try {
      const orders = [...settled, ...errands.map(({ order }) => order())];
      const { turns_at_ms: turns, limited_by: limitedBy } = await this.#turn(orders);
      let take = 0;
      for (const [index, { done }] of errands.entries()) {
        if (orders[settled.length + index]!.do !== 'take') done(undefined);
        else done({ atMs: turns[take]!, limitedBy: limitedBy[take++]! });
      }
    } catch (error) {
      const failure = this.#inOurWords(error);
      for (const { failed } of errands) failed(failure);
      if (errands.length === 0 || !this.#life.ended) this.#keep(settled);
    }
  }

  async #turn(orders: readonly Order[]): Promise<TurnRow> {
    const text = storableJson(orders);
    const rows = await this.#asked<TurnRow>(this.#text.turn, (attempt) => [
      text,
      attempt.number > 1,
      this.#leaseMs,
    ]);
    return rows[0]!;
  }

  /** What was settled and could not be told is told later. */
  #keep(settled: readonly Order[]): void {
    if (this.#life.ended) return;
    this.#settled.unshift(...settled.slice(0, mostSettled - this.#settled.length));
    this.#timer ??= setTimeout(() => this.#run(), 1_000);
  }
}

interface LookRow {
  readonly key: string;
  readonly rate_per_second: number;
  readonly burst: number;
  readonly level: number;
  readonly in_flight: number;
  readonly waiting: number;
  readonly next_at_ms: number;
  readonly now_ms: number;
}

function spread(limits: readonly BucketLimit[]) {
  return {
    keys: limits.map((limit) => limit.key),
    rates: limits.map((limit) => limit.ratePerSecond),
    bursts: limits.map((limit) => limit.burst),
  };
}
