import type { Logger } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { aheadMs, compareClocks } from './compare-clocks.js';

const at = (storeMs: number, askedAtMs: number, heardAtMs: number) => ({ storeMs, askedAtMs, heardAtMs });

describe('two clocks', () => {
  it('that may agree are not apart, however long the answer took', () => {
    expect(aheadMs(at(1_000, 990, 1_010))).toBe(0);
    expect(aheadMs(at(1_000, 0, 90_000))).toBe(0);
  });

  it('that cannot agree are apart by what is certain', () => {
    expect(aheadMs(at(1_000, 61_000, 61_500))).toBe(60_000);
    expect(aheadMs(at(61_500, 1_000, 1_500))).toBe(-60_000);
  });

  it.each([
    [at(0, 5_000, 5_001), undefined],
    [at(0, 7_200_000, 7_200_001), /7200 s ahead of that of Redis at cache:6379.*NTP/],
    [at(60_001, 0, 1), /60 s behind that of Redis/],
  ])('%j are warned of when it matters', (reading, warning) => {
    const lines: string[] = [];
    const note = (_fields: object, message: string) => lines.push(message);
    const logger: Logger = { debug() {}, info() {}, warn: note, error() {}, child: () => logger };
    compareClocks(reading, 'Redis at cache:6379', 'cache:6379', logger);
    if (warning === undefined) expect(lines).toEqual([]);
    else expect(lines).toEqual([expect.stringMatching(warning)]);
  });
});
