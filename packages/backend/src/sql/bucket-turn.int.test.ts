import { PGlite } from '@electric-sql/pglite';
import type { BucketLimit } from '@fluxori/core';
import { fc } from '@fluxori/test-services/fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BucketLedger } from '../buckets/bucket-ledger.js';
import { databaseImage } from '../pglite/image/database-image.js';
import { PgliteSession } from '../pglite/pglite-session.js';
import { migrate } from './schema.js';
import { sharedSteps } from './shared-schema.js';
import type { SqlResult } from './sql.js';

const leaseMs = 60_000;
const idleMs = 600_000;
/** A time of few digits, so that the sums of times are exact on both sides. */
const startMs = 1_000_000;

interface Row {
  readonly now_ms: number;
  readonly turns_at_ms: (number | null)[];
  readonly limited_by: (string | null)[];
}

interface Swept {
  readonly last_key: string | null;
  readonly dropped: number;
}

/** The functions of the database, with a clock that the test holds. */
class Database {
  constructor(readonly sql: PgliteSession) {}

  /** Production has no way to say what time it is: here, the one function that asks for it is replaced. */
  async prepare(): Promise<void> {
    await migrate(this.sql, { shared: sharedSteps });
    await this.sql.script(
      `create table fluxori.test_clock (ms double precision not null);
       insert into fluxori.test_clock values (0);
       create or replace function fluxori.wall_ms() returns double precision language sql volatile as
         $f$ select ms from fluxori.test_clock $f$;`,
    );
  }

  async empty(nowMs: number): Promise<void> {
    await this.sql.script(
      'truncate fluxori.bucket, fluxori.bucket_grant, fluxori.waiter; update fluxori.bucket_clock set ahead_ms = 0',
    );
    await this.setTime(nowMs);
  }

  setTime(ms: number) {
    return this.sql.query('update fluxori.test_clock set ms = $1', [ms]);
  }

  async turn(orders: readonly object[], again = false): Promise<Row> {
    const { rows } = await this.sql.query<Row>(
      'select now_ms, turns_at_ms, limited_by from fluxori.bucket_turn($1::text::jsonb, $2, $3)',
      [JSON.stringify(orders), again, leaseMs],
    );
    return rows[0]!;
  }

  async look() {
    const { rows } = await this.sql.query<Record<string, number>>(
      'select * from fluxori.bucket_look($1, $2)',
      ['', leaseMs],
    );
    return rows.map((row) => ({
      key: row.key,
      ratePerSecond: row.rate_per_second,
      burst: row.burst,
      level: row.level,
      inFlight: row.in_flight,
      waiting: row.waiting,
      nextTokenAt: row.next_at_ms,
    }));
  }

  async sweep(): Promise<number> {
    let dropped = 0;
    for (let after: string | null = ''; after !== null; ) {
      const swept: SqlResult<Swept> = await this.sql.query('select * from fluxori.bucket_sweep($1, 2, $2)', [
        after,
        idleMs,
      ]);
      dropped += swept.rows[0]!.dropped;
      after = swept.rows[0]!.last_key;
    }
    return dropped;
  }
}

function takeOrder(id: string, limits: readonly BucketLimit[], priority: number, waiter?: string) {
  return {
    do: 'take',
    id,
    keys: limits.map((limit) => limit.key),
    rates: limits.map((limit) => limit.ratePerSecond),
    bursts: limits.map((limit) => limit.burst),
    priority,
    ...(waiter !== undefined && { waiter }),
  };
}

function drainOrder(limit: BucketLimit, until?: number) {
  return { ...takeOrder('', [limit], 1), do: 'drain', ...(until !== undefined && { until }) };
}

const limit = (key: string) =>
  fc.record({
    key: fc.constant(key),
    ratePerSecond: fc.oneof(
      fc.constantFrom(0.0167, 0.5, 2, 10),
      fc.double({ min: 0.05, max: 30, noNaN: true }),
    ),
    burst: fc.integer({ min: 1, max: 8 }),
  });
const waiter = fc.integer({ min: 0, max: 7 }).map((index) => `w${index}`);
const take = fc.record({
  what: fc.constant('take' as const),
  buckets: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 3 }),
  /** Which of two sets of limits holds. */
  limits: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1),
  priority: fc.integer({ min: 1, max: 3 }),
  waiter: fc.option(waiter, { nil: undefined, freq: 4 }),
});
const step = fc.oneof(
  { weight: 12, arbitrary: take },
  {
    weight: 5,
    arbitrary: fc.record({ what: fc.constant('settle' as const), which: fc.nat(), consumed: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('forget' as const), waiter }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('drain' as const),
      bucket: fc.integer({ min: 0, max: 2 }),
      pauseMs: fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: undefined }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('pass' as const),
      ms: fc.oneof(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 300, max: 5_000 }),
        fc.constantFrom(40_000, 61_000),
      ),
      /** Which grants' holders say then that they are alive: some in time, some late but not too late, and some when they have ended. */
      alive: fc.oneof(fc.constant<number[]>([]), fc.array(fc.nat(), { maxLength: 3 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('sweep' as const), ms: fc.constant(700_000) }),
  },
);

describe('the buckets in the database', () => {
  let db: PGlite;
  let database: Database;
  beforeAll(async () => {
    const image = await databaseImage();
    db = await PGlite.create(image && { loadDataDir: image });
    database = new Database(new PgliteSession(db, () => new Error('closed')));
    await database.prepare();
  });
  afterAll(() => db.close());

  it('answer as the ledger does, whatever is asked in whatever order', async () => {
    let granted = 0;
    let refused = 0;
    const property = fc.asyncProperty(
      fc.tuple(limit('a'), limit('b'), limit('C')),
      fc.tuple(limit('a'), limit('b'), limit('C')),
      fc.array(step, { minLength: 10, maxLength: 120 }),
      async (limits, others, steps) => {
        let nowMs = startMs;
        let ids = 0;
        let sent: object[] = [];
        let expected: (readonly [number | null, string | null])[] = [];
        const open: string[] = [];
        const ledger = new BucketLedger({
          clock: { now: () => nowMs, sleep: () => Promise.resolve() },
          newId: () => `grant ${ids}`,
          leaseMs,
          idleMs,
        });
        await database.empty(nowMs);

        /** Sends what has happened at this moment, and compares the answers and the buckets. */
        const compare = async () => {
          const row = await database.turn(sent);
          expect(row.turns_at_ms.map((turn, index) => [turn, row.limited_by[index]])).toEqual(expected);
          sent = [];
          expected = [];
          const theirs = await database.look();
          const ours = ledger.inspect('');
          expect(theirs.map(rounded)).toEqual(ours.map(rounded));
        };

        for (const one of steps) {
          switch (one.what) {
            case 'take': {
              const wanted = one.buckets.map((index) => (one.limits === 0 ? limits : others)[index]!);
              const { priority } = one;
              const answer = ledger.take(wanted, { priority, ...(one.waiter && { waiter: one.waiter }) });
              const id = `grant ${ids++}`;
              sent.push(takeOrder(id, wanted, priority, one.waiter));
              expected.push(answer.granted ? [null, null] : [answer.retryAt, answer.limitedBy]);
              if (answer.granted) open.push(answer.grant.id);
              if (answer.granted) granted++;
              else refused++;
              break;
            }
            case 'settle': {
              if (open.length === 0) break;
              const [id] = open.splice(one.which % open.length, 1);
              ledger.settle(id!, one.consumed);
              sent.push({ do: 'settle', id, consumed: one.consumed });
              break;
            }
            case 'forget':
              // The waiters to forget are those of before this moment: a list never does both, see the store.
              await compare();
              ledger.forget(one.waiter);
              sent.push({ do: 'forget', waiter: one.waiter });
              break;
            case 'drain': {
              const until = one.pauseMs === undefined ? undefined : nowMs + one.pauseMs;
              ledger.drain(limits[one.bucket]!, until);
              sent.push(drainOrder(limits[one.bucket]!, until));
              break;
            }
            case 'pass':
              await compare();
              nowMs += one.ms;
              await database.setTime(nowMs);
              if (one.alive.length > 0 && open.length > 0) {
                const ids = one.alive.map((which) => open[which % open.length]!);
                ledger.renew(ids);
                sent.push({ do: 'renew', ids });
              }
              break;
            case 'sweep':
              await compare();
              nowMs += one.ms;
              await database.setTime(nowMs);
              // Not compared before: looking at a bucket makes the ledger take it for one that is in use.
              expect(await database.sweep()).toBe(ledger.sweep().length);
              break;
          }
        }
        await compare();
      },
    );
    await fc.assert(property, { numRuns: 120 });
    // Both kinds of answer were compared, many times.
    expect(granted).toBeGreaterThan(200);
    expect(refused).toBeGreaterThan(200);
  });

  it('give one token for a take that is sent again, and for one that was settled meanwhile too', async () => {
    const one = { key: 'again', ratePerSecond: 0.001, burst: 5 };
    await database.empty(startMs);
    for (const again of [false, true, true]) {
      expect(await database.turn([takeOrder('the same', [one], 3)], again)).toMatchObject({
        turns_at_ms: [null],
      });
    }
    expect((await database.look())[0]).toMatchObject({ level: 4, inFlight: 1 });
    for (let times = 0; times < 3; times++) {
      await database.turn([{ do: 'settle', id: 'the same', consumed: false }], true);
    }
    expect((await database.look())[0]).toMatchObject({ level: 5, inFlight: 0 });
  });

  it('keep in flight what is renewed in time, end what is not, and bring nothing back that has ended', async () => {
    const one = { key: 'renewed', ratePerSecond: 0.001, burst: 5 };
    await database.empty(startMs);
    await database.turn([takeOrder('alive', [one], 3), takeOrder('dead', [one], 3)]);
    const renew = { do: 'renew', ids: ['alive', 'never granted'] };
    for (const ms of [40_000, 80_000]) {
      await database.setTime(startMs + ms);
      await database.turn([renew]);
    }
    expect((await database.look())[0]).toMatchObject({ inFlight: 1 });
    // Late, and before anybody else has come.
    await database.setTime(startMs + 150_000);
    await database.turn([renew, takeOrder('another', [one], 3)]);
    expect((await database.look())[0]).toMatchObject({ inFlight: 2 });
    await database.setTime(startMs + 220_000);
    expect((await database.look())[0]).toMatchObject({ inFlight: 0 });
    await database.turn([renew]);
    await database.turn([{ do: 'settle', id: 'alive', consumed: false }]);
    const [state] = await database.look();
    expect(state).toMatchObject({ inFlight: 0 });
    // Three were taken, and 0.14 came in since the third; before, what was in flight left no room.
    expect(state!.level).toBeCloseTo(2.14, 6);
  });

  it('give the grant once more to a take that is sent again after the end of its lease, as long as nobody has noticed', async () => {
    const one = { key: 'late answer', ratePerSecond: 0.001, burst: 5 };
    await database.empty(startMs);
    await database.turn([takeOrder('asked', [one], 3)]);
    await database.setTime(startMs + 70_000);
    expect(await database.turn([takeOrder('asked', [one], 3)], true)).toMatchObject({ turns_at_ms: [null] });
    // And its lease begins with the answer that arrives.
    await database.setTime(startMs + 120_000);
    const [state] = await database.look();
    expect(state).toMatchObject({ inFlight: 1 });
    expect(state!.level).toBeCloseTo(4, 6);
  });

  it('grant what asks for no bucket, and one token for a bucket that is named twice', async () => {
    const one = { key: 'named twice', ratePerSecond: 0.001, burst: 5 };
    await database.empty(startMs);
    const row = await database.turn([takeOrder('none', [], 3), takeOrder('two', [one, one], 3)]);
    expect(row.turns_at_ms).toEqual([null, null]);
    expect((await database.look())[0]).toMatchObject({ level: 4, inFlight: 1 });
  });

  it('refuse the whole list when the same grant is asked for as if it were new', async () => {
    const one = { key: 'twice', ratePerSecond: 0.001, burst: 5 };
    await database.empty(startMs);
    await database.turn([takeOrder('late', [one], 3)]);
    // The first attempt, held up on its way, arrives after the second: it must not take another token.
    await expect(database.turn([takeOrder('late', [one], 3)])).rejects.toMatchObject({ code: '23505' });
    expect((await database.look())[0]).toMatchObject({ level: 4, inFlight: 1 });
  });

  it('let time stand still while a clock that was set back repeats it, and go on from there', async () => {
    const one = { key: 'back', ratePerSecond: 1, burst: 2 };
    await database.empty(startMs);
    await database.turn([takeOrder('1', [one], 3), takeOrder('2', [one], 3), takeOrder('3', [one], 3, 'w')]);
    await database.turn([{ do: 'settle', id: '1', consumed: true }]);
    await database.setTime(startMs - 3_600_000);
    // Nothing is gained by it, and the turn that was told comes after as long as it was told.
    const refused = await database.turn([takeOrder('3', [one], 3, 'w')]);
    expect(refused.turns_at_ms).toEqual([refused.now_ms + 1_000]);
    await database.setTime(startMs - 3_600_000 + 1_000);
    expect(await database.turn([takeOrder('3', [one], 3, 'w')])).toMatchObject({ turns_at_ms: [null] });
    // Leases and lines end as if nothing had happened.
    await database.setTime(startMs - 3_600_000 + 62_000);
    expect((await database.look())[0]).toMatchObject({ inFlight: 0, level: 0, waiting: 0 });
    await database.setTime(startMs - 3_600_000 + 64_000);
    expect((await database.look())[0]).toMatchObject({ inFlight: 0, level: 2, waiting: 0 });
  });

  it('cost no walk through a table, however many buckets, leases and waiters there are', async () => {
    await database.empty(startMs);
    await database.sql.script(
      `insert into fluxori.bucket (key, rate_per_second, burst, level, in_flight, level_at_ms, lanes)
         select 'k' || i, 1, 10, 0, 0, ${startMs}, '{"3": 10}' from generate_series(1, 2000) i;
       insert into fluxori.waiter select 'w' || i || '/' || j, 'k' || i, 3, j, ${startMs} + j * 1000, ${startMs} + j * 1000 + 2000
         from generate_series(1, 2000) i, generate_series(1, 10) j;
       insert into fluxori.bucket_grant select 'g' || i, array['k' || (i % 2000 + 1)], ${startMs} + 1000000 from generate_series(1, 20000) i;`,
    );
    await database.sql.script('vacuum analyze');
    const read = async () => {
      await database.sql.query('select pg_stat_force_next_flush()');
      const { rows } = await database.sql.query<{ sum: number }>(
        `select sum(seq_tup_read)::int as sum from pg_stat_user_tables
         where schemaname = 'fluxori' and relname in ('bucket', 'bucket_grant', 'waiter')`,
      );
      return rows[0]!.sum;
    };
    const before = await read();
    const known = { key: 'k77', ratePerSecond: 1, burst: 10 };
    for (let times = 0; times < 20; times++) {
      await database.turn([
        takeOrder(`n${times}`, [known, { ...known, key: `k${times + 100}` }], 3, `new ${times}`),
        { do: 'settle', id: `g${times + 1}`, consumed: true },
        { do: 'renew', ids: [`g${times + 101}`, `g${times + 201}`] },
      ]);
      await database.turn([{ do: 'forget', waiter: `w${times + 1}/3` }]);
    }
    expect((await read()) - before).toBe(0);
  });
});

function rounded<State extends { level?: number }>(state: State) {
  return { ...state, level: Number(state.level!.toFixed(7)) };
}
