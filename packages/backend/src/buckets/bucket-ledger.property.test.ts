import type { BucketLimit } from '@fluxori/core';
import { fc } from '@fluxori/test-services/fast-check';
import { describe, expect, it } from '@jest/globals';
import { BucketLedger } from './bucket-ledger.js';

/** The other side: a token bucket that takes its token when the request arrives, and knows nothing of ours. */
class Server {
  readonly #levels = new Map<string, { level: number; atMs: number }>();
  rejected = 0;
  served = 0;
  /** How often somebody was told to come again at once. */
  hurried = 0;

  receive(limits: readonly BucketLimit[], nowMs: number): void {
    const buckets = limits.map((limit) => {
      const bucket = this.#levels.get(limit.key) ?? { level: limit.burst, atMs: nowMs };
      const gained = ((nowMs - bucket.atMs) / 1000) * limit.ratePerSecond;
      const refilled = { level: Math.min(limit.burst, bucket.level + gained), atMs: nowMs };
      this.#levels.set(limit.key, refilled);
      return refilled;
    });
    if (buckets.some((bucket) => bucket.level < 1 - 1e-6)) {
      this.rejected++;
      return;
    }
    for (const bucket of buckets) bucket.level -= 1;
    this.served++;
  }
}

interface Case {
  readonly limits: readonly BucketLimit[];
  readonly workers: number;
  readonly horizonMs: number;
  /** Milliseconds from the grant to the arrival, from the arrival to our hearing of it, and until the worker asks again. */
  readonly delays: readonly { there: number; back: number; rest: number }[];
  /** Every so many requests, the process dies with all that is in flight, and a new one takes up what was written. */
  readonly dieEvery?: number;
}

/** Workers that ask, wait when told to, and send, in simulated time. */
function simulate({ limits, workers, horizonMs, delays, dieEvery }: Case): Server {
  const server = new Server();
  let nowMs = 1_000_000;
  const clock = { now: () => nowMs, sleep: () => Promise.resolve() };
  let ledger = new BucketLedger({ clock });
  const events: { atMs: number; run: () => void }[] = [];
  const later = (ms: number, run: () => void) => events.push({ atMs: nowMs + ms, run });
  let sent = 0;

  const work = (worker: number) => () => {
    const wanted = limits.filter((_, index) => index === 0 || (worker + sent) % (index + 1) === 0);
    const answer = ledger.take(wanted, { priority: (worker % 5) + 1, waiter: `worker ${worker}` });
    if (!answer.granted) {
      if (!(answer.retryAt > nowMs)) server.hurried++;
      later(answer.retryAt - nowMs, work(worker));
      return;
    }
    const delay = delays[sent++ % delays.length]!;
    if (dieEvery !== undefined && sent % dieEvery === 0) ledger = reborn(ledger, clock, limits);
    const mine = ledger;
    later(delay.there, () => {
      server.receive(wanted, nowMs);
      later(delay.back, () => {
        mine.settle(answer.grant.id, true);
        later(delay.rest, work(worker));
      });
    });
  };

  const endMs = nowMs + horizonMs;
  for (let worker = 0; worker < workers; worker++) later(worker % 7, work(worker));
  while (events.length > 0) {
    let first = 0;
    for (let index = 1; index < events.length; index++) {
      if (events[index]!.atMs < events[first]!.atMs) first = index;
    }
    const [event] = events.splice(first, 1);
    if (event!.atMs > endMs) break;
    nowMs = event!.atMs;
    event!.run();
  }
  return server;
}

function reborn(
  dead: BucketLedger,
  clock: { now(): number; sleep(): Promise<void> },
  limits: readonly BucketLimit[],
) {
  const ledger = new BucketLedger({ clock });
  ledger.restore(limits.flatMap((limit) => dead.row(limit.key) ?? []));
  return ledger;
}

const limit = (key: string) =>
  fc.record({
    key: fc.constant(key),
    ratePerSecond: fc.oneof(
      fc.constantFrom(0.0167, 0.5, 2, 10),
      fc.double({ min: 0.05, max: 30, noNaN: true }),
    ),
    burst: fc.integer({ min: 1, max: 30 }),
  });
const delay = (max: number) =>
  fc.record({
    there: fc.integer({ min: 0, max }),
    back: fc.integer({ min: 0, max }),
    rest: fc.integer({ min: 0, max: 200 }),
  });

describe('a server with true token buckets', () => {
  it('never rejects a request, whatever the rates, the bursts and the network', () => {
    fc.assert(
      fc.property(
        fc.tuple(limit('a'), limit('b'), limit('c')),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 25 }),
        fc.array(fc.oneof(delay(50), delay(3_000), delay(20_000)), { minLength: 1, maxLength: 40 }),
        (limits, howMany, workers, delays) => {
          const server = simulate({ limits: limits.slice(0, howMany), workers, horizonMs: 120_000, delays });
          expect(server.rejected).toBe(0);
          expect(server.hurried).toBe(0);
          expect(server.served).toBeGreaterThan(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is used to its limit when there is enough to do', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        fc.integer({ min: 5, max: 30 }),
        fc.array(delay(50), { minLength: 1, maxLength: 20 }),
        (ratePerSecond, burst, delays) => {
          const horizonMs = 60_000;
          const limits = [{ key: 'a', ratePerSecond, burst }];
          const server = simulate({ limits, workers: 60, horizonMs, delays });
          expect(server.rejected).toBe(0);
          expect(server.hurried).toBe(0);
          expect(server.served).toBeGreaterThan((burst + (ratePerSecond * horizonMs) / 1000) * 0.97 - 2);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('never rejects a request either when the process dies now and then and starts from what is written', () => {
    fc.assert(
      fc.property(
        fc.tuple(limit('a'), limit('b')),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 2, max: 20 }),
        fc.array(
          fc.record({ there: fc.constant(0), back: fc.integer({ min: 0, max: 500 }), rest: fc.constant(0) }),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        (limits, workers, dieEvery, delays) => {
          const server = simulate({ limits, workers, horizonMs: 60_000, delays, dieEvery });
          expect(server.rejected).toBe(0);
          expect(server.hurried).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does reject when what is in flight is left out of account, so that these tests can fail', () => {
    const limits = [{ key: 'a', ratePerSecond: 10, burst: 5 }];
    const server = new Server();
    let nowMs = 0;
    const ledger = new BucketLedger({ clock: { now: () => nowMs, sleep: () => Promise.resolve() } });
    const arrivals: number[] = [];
    for (; nowMs < 2_000; nowMs += 10) {
      const answer = ledger.take(limits, { priority: 3 });
      if (!answer.granted) continue;
      ledger.settle(answer.grant.id, true);
      arrivals.push(Math.max(nowMs, 1_000));
    }
    for (const atMs of arrivals) server.receive(limits, atMs);
    expect(server.rejected).toBeGreaterThan(0);
  });
});
