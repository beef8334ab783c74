import { fc } from '@fluxori/test-services/fast-check';
import { describe, expect, it } from '@jest/globals';
import { StoreClock } from './store-clock.js';

describe('the clock of the database, as seen from here', () => {
  const held = (startMs: number) => {
    let nowMs = startMs;
    return {
      clock: { now: () => Math.floor(nowMs), sleep: () => Promise.resolve() },
      set: (ms: number) => {
        nowMs = ms;
      },
    };
  };

  it('never makes anybody early, however far the clocks are apart and however long answers take', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e7, max: 1e7, noNaN: true }),
        fc.array(
          fc.tuple(
            fc.double({ min: 0, max: 500, noNaN: true }),
            fc.double({ min: 0, max: 500, noNaN: true }),
          ),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        (differenceMs, trips) => {
          const time = held(1_000_000_000);
          const store = new StoreClock(time.clock);
          let nowMs = 1_000_000_000;
          for (const [there, back] of trips) {
            time.set(nowMs);
            const askedAtMs = time.clock.now();
            time.set(nowMs + there + back);
            store.learn(askedAtMs, nowMs + there + differenceMs);
            nowMs += there + back + 1;
          }
          const turnMs = nowMs + 5_000 + differenceMs;
          const fastest = Math.min(...trips.map(([there, back]) => there + back));
          expect(store.toOurs(turnMs)).toBeGreaterThanOrEqual(turnMs - differenceMs - 1e-3);
          expect(store.toOurs(turnMs)).toBeLessThanOrEqual(turnMs - differenceMs + fastest + 2.001);
          // There and back again is never earlier than it was.
          expect(store.toOurs(store.toStore(nowMs)!)).toBeGreaterThanOrEqual(nowMs - 1e-3);
        },
      ),
    );
  });

  it('is learned anew when one of the two was set', () => {
    const time = held(1_000_000);
    const store = new StoreClock(time.clock);
    expect(store.toStore(1)).toBe(undefined);
    store.learn(1_000_000, 1_000_000);
    expect(store.toOurs(1_000_100)).toBe(1_000_101);
    time.set(1_060_000);
    store.learn(1_060_000, 1_000_010);
    expect(store.toOurs(1_000_100)).toBe(1_060_091);
    time.set(900_000);
    store.learn(900_000, 1_000_020);
    expect(store.toOurs(1_000_100)).toBe(900_081);
  });

  it('forgets a close look after a minute, because clocks drift', () => {
    const time = held(0);
    const store = new StoreClock(time.clock);
    store.learn(0, 0.5);
    time.set(50_000);
    store.learn(49_900, 49_950);
    expect(store.toOurs(60_000)).toBe(60_001);
    time.set(61_000);
    store.learn(60_900, 60_950);
    expect(store.toOurs(70_000)).toBe(70_051);
  });
});
