import { describe, expect, it } from '@jest/globals';
import { checkCommas, valueBatch } from './value-batch.js';

describe('values of a list parameter', () => {
  it('go together as far as they fit, and one with a comma alone', () => {
    const values = ['a', 'b', 'c', 'd,e', 'f', 'g,h', 'i,j'];
    const batches: (readonly string[])[] = [];
    for (let from = 0; from < values.length; from += batches.at(-1)?.length ?? 1)
      batches.push(valueBatch(values, from, 2));
    expect(batches).toEqual([['a', 'b'], ['c'], ['d,e'], ['f'], ['g,h'], ['i,j']]);
  });

  it('are refused when one with a comma is among others', () => {
    expect(() => checkCommas(['a', 'b,c'], 'skus')).toThrow(
      expect.objectContaining({ field: 'skus', message: expect.stringContaining('"b,c" holds a comma') }),
    );
    expect(() => checkCommas(['b,c'], 'skus')).not.toThrow();
    expect(() => checkCommas(['a', 'b'], 'skus')).not.toThrow();
  });
});
