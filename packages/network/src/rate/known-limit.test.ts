import { describe, expect, it } from '@jest/globals';
import { believableRate } from './known-limit.js';

describe('a rate that a host announces', () => {
  it.each([
    ['0.0005', 0.0005],
    ['5', 5],
    ['1e-4', 0.0001],
    [500, 500],
  ])('is believed when it can be one: %s', (told, rate) => {
    expect(believableRate(told)).toBe(rate);
  });

  // With the smallest of them the next token would come in thousands of years.
  it.each([
    ['-1'],
    ['0'],
    ['NaN'],
    ['1e-300'],
    ['0.0000000001'],
    [5e-324],
    ['1e300'],
    ['5, 6'],
    [''],
    ['0x10'],
    [null],
    [{ toString: 0 }],
  ])('is not believed when it is none: %j', (told) => {
    expect(believableRate(told)).toBeUndefined();
  });
});
