import { ManualClock } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { Lifetime } from '../life/lifetime.js';
import { BucketJournal } from './bucket-journal.js';
import { BucketLedger } from './bucket-ledger.js';
import { LedgerBucketStore } from './ledger-bucket-store.js';
import type { BucketRow } from './token-bucket.js';

const limit = { key: 'orders', ratePerSecond: 0.001, burst: 10 };

/** A store whose writes the test lets through, or makes fail, one by one. */
function build() {
  const ledger = new BucketLedger({ clock: new ManualClock() });
  const writes: { rows: readonly BucketRow[]; finish: () => void; fail: (error: Error) => void }[] = [];
  const journal = new BucketJournal(
    (key) => ledger.row(key),
    (rows) =>
      new Promise<void>((resolve, reject) => {
        writes.push({ rows, finish: resolve, fail: reject });
      }),
  );
  return { ledger, writes, journal, store: new LedgerBucketStore(ledger, new Lifetime('x:'), journal) };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('a bucket store with a journal', () => {
  it('gives no token before it is written down', async () => {
    const { store, writes } = build();
    let given = false;
    const taking = store.take([limit], { priority: 3 }).then(() => {
      given = true;
    });
    await tick();
    expect(given).toBe(false);
    expect(writes[0]?.rows).toMatchObject([{ key: 'orders', level: 9, inFlight: 1 }]);
    writes[0]?.finish();
    await taking;
    expect(given).toBe(true);
  });

  it('writes what is taken at once with one statement, and what is taken meanwhile with the next', async () => {
    const { store, writes } = build();
    const first = [1, 2, 3].map(() => store.take([limit], { priority: 3 }));
    await tick();
    const second = [1, 2].map(() => store.take([limit], { priority: 3 }));
    await tick();
    expect(writes.map(({ rows }) => rows[0]?.level)).toEqual([7]);
    writes[0]?.finish();
    await Promise.all(first);
    await tick();
    expect(writes.map(({ rows }) => rows[0]?.level)).toEqual([7, 5]);
    writes[1]?.finish();
    await Promise.all(second);
  });

  it('gives no token and keeps it in the bucket when it cannot be written down', async () => {
    const { store, writes, ledger } = build();
    const taking = store.take([limit], { priority: 3 });
    await tick();
    const full = new Error('disk full');
    writes[0]?.fail(full);
    await expect(taking).rejects.toBe(full);
    expect(ledger.inspect('')[0]).toMatchObject({ level: 10, inFlight: 0 });
  });

  it('writes what has been settled at the end', async () => {
    const { store, writes, journal } = build();
    const taking = store.take([limit], { priority: 3 });
    await tick();
    writes[0]?.finish();
    const answer = await taking;
    if (answer.granted) await store.settle(answer.grant);
    const closing = journal.close();
    await tick();
    expect(writes[1]?.rows).toMatchObject([{ level: 9, inFlight: 0 }]);
    writes[1]?.finish();
    await closing;
  });
});
