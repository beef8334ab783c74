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

  it('of ours is told on its clock, never early, and late by the quickest way there at most', () => {
    const time = new StoreTime();
    // Ways of 4, 30 and 9 ms there.
    for (const [asked, there] of [
      [100, 4],
      [200, 30],
      [300, 9],
    ] as const) {
      time.learn(asked + 5_000 + there, asked, asked + there + 6);
    }
    expect(time.toStore(1_000)).toBeGreaterThanOrEqual(6_000);
    expect(time.toStore(1_000)).toBeLessThanOrEqual(6_004);
  });

  it('that was told is not early when it is told back, whatever was learnt meanwhile', () => {
    const time = new StoreTime();
    time.learn(1_000_000.25, 10, 14);
    const ends = [0, 17, 123_456].map((ours) => ({ ours, store: time.toStore(ours) }));
    // A quicker answer shows that the store is further ahead than was known.
    time.learn(1_000_008.25, 20, 21);
    for (const { ours, store } of ends) {
      expect(time.toOurs(store)).toBeGreaterThanOrEqual(ours);
      expect(time.toOurs(store)).toBeLessThanOrEqual(ours + 5);
    }
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
