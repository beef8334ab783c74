import { describe, expect, it } from '@jest/globals';
import { shown } from './shown.js';

const circle: Record<string, unknown> = {};
circle.self = circle;

describe('a refused value in a message', () => {
  it.each<[string, unknown, string]>([
    ['text, as JSON', 'a\0"b', '"a\\u0000\\"b"'],
    ['half of a surrogate pair', '\ud800', '"\\ud800"'],
    ['a number that JSON does not have', Number.NaN, 'NaN'],
    ['a big integer', 10n, '10'],
    ['nothing', undefined, 'undefined'],
    ['a symbol', Symbol('s'), 'symbol'],
    ['an object without its own toString', { toString: 0 }, '{"toString":0}'],
    ['a cycle', circle, 'an object that cannot be written as JSON'],
  ])('is %s', (_, value, told) => {
    expect(shown(value)).toBe(told);
  });

  it('is cut where it is long, and never within a letter', () => {
    const told = shown('😀'.repeat(1_000));
    expect(told).toHaveLength(121);
    expect(told.isWellFormed()).toBe(true);
  });
});
