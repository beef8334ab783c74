import { describe, expect, it } from '@jest/globals';
import { purposeOption } from './purpose-option.js';

describe('purposeOption', () => {
  it('keeps what the file is for, in one line', () => {
    expect(purposeOption('  shipping \n labels of 21 November ')).toBe('shipping labels of 21 November');
    expect(purposeOption('labels of 2026-11-21')).toBe('labels of 2026-11-21');
  });

  it.each([
    ['nothing', ' '],
    ['a story', 'x'.repeat(121)],
    ['an address', 'for thandi@example.com'],
    ['a telephone number', 'call +27 82 555 0101'],
    ['an order', 'label of 902-1234567-1234567'],
    ['an order of a day', 'label of 2026-11-21 902-1234567-1234567'],
  ])('refuses %s, and repeats nothing of it', (_, text) => {
    expect(() => purposeOption(text)).toThrow(/^--personal [a-z 0-9]+\.$/);
  });
});
