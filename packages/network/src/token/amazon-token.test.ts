import { describe, expect, it } from '@jest/globals';
import { isAccessToken, lifeSeconds } from './amazon-token.js';

describe('what a server says of a token', () => {
  it.each<[unknown, number]>([
    [3_600, 3_600],
    ['1800', 1_800],
    [undefined, 3_600],
    [null, 3_600],
    ['abc', 3_600],
    [-1, 3_600],
    [0, 3_600],
    [Number.NaN, 3_600],
    // It would be kept for good.
    [1e18, 3_600],
    [['60'], 3_600],
    [{ toString: 0 }, 3_600],
  ])('of its life: %j counts as %d seconds', (told, seconds) => {
    expect(lifeSeconds(told)).toBe(seconds);
  });

  it.each<[unknown, boolean]>([
    ['Atza|abc-_.~+/=', true],
    ['x', true],
    ['a b', true],
    ['', false],
    [' a', false],
    [' ', false],
    ['a\nb', false],
    ['a\0', false],
    ['ä', false],
    [{ toString: 0 }, false],
    [undefined, false],
  ])('is a token that a header can hold, or none: %j', (told, usable) => {
    expect(isAccessToken(told)).toBe(usable);
  });
});
