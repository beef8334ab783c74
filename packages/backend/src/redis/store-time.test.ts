import { describe, expect, it } from '@jest/globals';
import { StoreTime } from './store-time.js';

describe("the store's time", () => {
  it('is told on our clock, never early, and late by the quickest way back at most', () => {
    const time = new StoreTime();
    // The store is 5,000 ms ahead of us; ways of 7, 2 and 40 ms back.
    for (const [asked, back] of [
      [100, 7],
      [200, 2],
      [300, 40],
    ] as const) {
      time.learn(asked + 5_003, asked, asked + 3 + back);
    }
    expect(time.toOurs(6_000)).toBeGreaterThanOrEqual(1_000);
    expect(time.toOurs(6_000)).toBeLessThanOrEqual(1_003);
  });

  it('tells a time back as it was given', () => {
    const time = new StoreTime();
    time.learn(1_000_000.25, 10, 14);
    for (const ours of [0, 17, 123_456]) expect(time.toOurs(time.toStore(ours))).toBe(ours);
  });

  it('is learnt anew when either clock was set', () => {
    const time = new StoreTime();
    time.learn(10_000, 1_000, 1_002);
    time.learn(4_000, 2_000, 2_002);
    expect(Math.abs(time.toOurs(4_500) - 2_500)).toBeLessThanOrEqual(3);
    time.learn(90_000, 3_000, 3_002);
    expect(Math.abs(time.toOurs(90_500) - 3_500)).toBeLessThanOrEqual(3);
  });
});
