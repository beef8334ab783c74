import { type BucketLimit, ManualClock } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { BucketLedger } from './bucket-ledger.js';

const limit: BucketLimit = { key: 'orders', ratePerSecond: 1, burst: 5 };

/** A clock that can also be set back. */
function settableClock() {
  const clock = { nowMs: 1_000_000, now: () => clock.nowMs, sleep: () => Promise.resolve() };
  return clock;
}

function empty(ledger: BucketLedger): void {
  for (let index = 0; index < limit.burst; index++) {
    const answer = ledger.take([limit], { priority: 3 });
    if (!answer.granted) throw new Error('not full');
    ledger.settle(answer.grant.id, true);
  }
}

describe('a clock that is set back', () => {
  it('neither refills a bucket nor holds anybody up for the time that it repeats', () => {
    const clock = settableClock();
    const ledger = new BucketLedger({ clock });
    empty(ledger);
    clock.nowMs -= 3_600_000;
    const answer = ledger.take([limit], { priority: 3, waiter: 'a' });
    expect(answer).toEqual({ granted: false, retryAt: clock.nowMs + 1_000, limitedBy: 'orders' });
    clock.nowMs += 1_000;
    expect(ledger.take([limit], { priority: 3, waiter: 'a' }).granted).toBe(true);
  });

  it('does not lengthen a pause, a lease or the claim of a dead waiter', () => {
    const clock = settableClock();
    const ledger = new BucketLedger({ clock, leaseMs: 10_000 });
    empty(ledger);
    ledger.take([limit], { priority: 1, waiter: 'dead' });
    ledger.drain({ ...limit, key: 'paused' }, clock.nowMs + 5_000);
    ledger.take([{ ...limit, key: 'leased' }], { priority: 1 });
    clock.nowMs -= 3_600_000;
    ledger.inspect('');
    clock.nowMs += 10_000;
    const [leased, orders, paused] = ledger.inspect('');
    expect(leased).toMatchObject({ inFlight: 0 });
    expect(orders).toMatchObject({ waiting: 0 });
    expect(paused?.nextTokenAt).toBe(clock.nowMs);
  });

  it('does not refill a bucket that was written down before, in a process that starts after', () => {
    const clock = settableClock();
    const before = new BucketLedger({ clock });
    empty(before);
    const row = before.row('orders')!;
    clock.nowMs -= 3_600_000;
    const after = new BucketLedger({ clock });
    after.restore([row]);
    expect(after.inspect('')[0]?.level).toBe(0);
    clock.nowMs += 2_000;
    expect(after.inspect('')[0]?.level).toBeCloseTo(2, 6);
  });
});

describe('the ledger', () => {
  it('frees what is in flight when its lease has run out', async () => {
    const clock = new ManualClock();
    const ledger = new BucketLedger({ clock, leaseMs: 60_000 });
    const answer = ledger.take([limit], { priority: 3 });
    await clock.advance(59_999);
    expect(ledger.inspect('')[0]).toMatchObject({ inFlight: 1, level: 4 });
    await clock.advance(1);
    expect(ledger.inspect('')[0]).toMatchObject({ inFlight: 0, level: 4 });
    if (answer.granted) expect(ledger.settle(answer.grant.id, false)).toEqual([]);
    await clock.advance(1_000);
    expect(ledger.inspect('')[0]).toMatchObject({ level: 5 });
  });

  it('drops a bucket that has been full and idle for ten minutes, and nothing earlier', async () => {
    const clock = new ManualClock();
    const ledger = new BucketLedger({ clock });
    empty(ledger);
    await clock.advance(600_000 + 4_000);
    expect(ledger.sweep()).toEqual([]);
    await clock.advance(60_000);
    expect(ledger.sweep()).toEqual(['orders']);
    expect(ledger.inspect('')).toEqual([]);
    expect(ledger.row('orders')).toBeUndefined();
  });

  it('takes a bucket that is named twice once', () => {
    const ledger = new BucketLedger({ clock: new ManualClock() });
    const answer = ledger.take([limit, limit], { priority: 3 });
    expect(answer.granted && answer.grant.keys).toEqual(['orders']);
    expect(ledger.inspect('')[0]?.level).toBe(4);
  });

  it('wakes about one waiter for each token, also when urgent ones keep coming in between', async () => {
    const clock = new ManualClock();
    const ledger = new BucketLedger({ clock });
    empty(ledger);
    const jobs = Array.from({ length: 200 }, (_, index) => ({
      name: `bulk ${index}`,
      priority: 5,
      at: clock.now(),
    }));
    let asks = 0;
    let urgentLateMs = 0;
    const urgentFrom = new Map<string, number>();
    for (let round = 0; jobs.length > 0; round++) {
      if (round % 2_000 === 0 && round < 100_000) {
        jobs.push({ name: `urgent ${round}`, priority: 1, at: clock.now() });
        urgentFrom.set(`urgent ${round}`, clock.now());
      }
      for (const job of jobs.filter((one) => one.at <= clock.now())) {
        asks++;
        const answer = ledger.take([limit], { priority: job.priority, waiter: job.name });
        if (answer.granted) {
          ledger.settle(answer.grant.id, true);
          jobs.splice(jobs.indexOf(job), 1);
          const from = urgentFrom.get(job.name);
          if (from !== undefined) urgentLateMs = Math.max(urgentLateMs, clock.now() - from);
        } else job.at = answer.retryAt;
      }
      // The next moment at which anything happens, so that 250 seconds do not take 250,000 steps.
      const next = Math.min(...jobs.map((one) => one.at), clock.now() + 50);
      await clock.advance(Math.max(next - clock.now(), 1));
    }
    expect(urgentLateMs).toBeLessThanOrEqual(2_000);
    expect(asks).toBeLessThan(200 * 6);
  });
});
