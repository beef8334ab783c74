import { describe, expect, it } from '@jest/globals';
import { type OtherProgram, simulateSharedLimit } from '../testing/shared-limit.js';

/** A minute at 5 requests a second. */
const aMinute = 300;

const limits = [
  { ratePerSecond: 0.0167, burst: 20 },
  { ratePerSecond: 0.5, burst: 30 },
  { ratePerSecond: 5, burst: 10 },
  { ratePerSecond: 15, burst: 30 },
];
const cases = limits
  .flatMap((limit) => [1, 3].map((processes) => ({ ...limit, processes })))
  // Chance is another one in each.
  .map((given, index) => ({ ...given, seed: index + 1 }));
const simulate = (given: (typeof cases)[number], other: OtherProgram) =>
  simulateSharedLimit({ ...given, other }, aMinute);

describe('beside another program that uses up half of the budget', () => {
  it.each(cases)(
    'settles to what is left at $ratePerSecond/s, refused under 2 %, and takes the rate back ($processes processes)',
    async (given) => {
      const { refusedAlone, refusedFirst, beside, backAfter, refusedAfter } = await simulate(given, 'steady');
      expect(refusedAlone).toBe(0);
      expect(refusedFirst).toBeLessThanOrEqual(5);
      expect(beside.refused / (beside.served + beside.refused)).toBeLessThan(0.02);
      expect(beside.served).toBeGreaterThan(0.85 * 0.5 * beside.tokens);
      expect(backAfter).toBeLessThan(450);
      expect(refusedAfter).toBe(0);
    },
  );

  it.each(cases)(
    'does so too when the other one comes at random moments: $ratePerSecond/s, $processes processes',
    async (given) => {
      const { refusedAlone, beside, backAfter, refusedAfter } = await simulate(given, 'poisson');
      expect(refusedAlone).toBe(0);
      expect(beside.refused / (beside.served + beside.refused)).toBeLessThan(0.02);
      expect(beside.served).toBeGreaterThan(0.75 * 0.5 * beside.tokens);
      expect(backAfter).toBeLessThan(450);
      expect(refusedAfter).toBe(0);
    },
  );
});

describe('beside another program', () => {
  it.each(cases)(
    'that takes nearly all by turns, and then nothing, uses what there is: $ratePerSecond/s, $processes processes',
    async (given) => {
      const { beside, backAfter } = await simulate(given, 'by turns');
      expect(beside.refused / (beside.served + beside.refused)).toBeLessThan(0.08);
      expect(beside.served).toBeGreaterThan(0.15 * beside.tokens);
      expect(backAfter).toBeLessThan(450);
    },
  );

  it.each(cases)(
    'that takes whatever there is stops asking but for a look now and then: $ratePerSecond/s, $processes processes',
    async (given) => {
      const { beside, backAfter, refusedAfter } = await simulate(given, 'greedy');
      expect(beside.refused).toBeLessThan(0.25 * beside.tokens);
      expect(backAfter).toBeLessThan(450);
      expect(refusedAfter).toBe(0);
    },
  );
});
