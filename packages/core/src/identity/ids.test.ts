import { describe, expect, it } from '@jest/globals';
import { accountId, sku } from './ids.js';

describe('an id', () => {
  // A pattern matches what it is given as text: `undefined` and `['acme-za']` have one, too.
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a list of one', ['acme-za']],
    ['a number', 7],
    ['a big integer', 7n],
    ['an object without its own toString', { toString: 0 }],
    ['an object without any', Object.create(null)],
    ['too long a text', 'a'.repeat(65)],
    ['a NUL', 'a\0'],
  ])('is not %s', (_, value) => {
    expect(() => accountId(value as string)).toThrow(
      expect.objectContaining({ name: 'ValidationError', field: 'accountId' }),
    );
  });

  it('is text, and not empty', () => {
    expect(accountId('acme-za')).toBe('acme-za');
    expect(() => sku(' ')).toThrow(expect.objectContaining({ field: 'sku' }));
    expect(() => sku({ toString: 0 } as never)).toThrow(expect.objectContaining({ field: 'sku' }));
  });
});
