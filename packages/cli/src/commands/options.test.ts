import { isErrorOf } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { namesIn, pairsOption, priorityOption, sinceOption, wholeNumber } from './options.js';

const now = Date.UTC(2026, 10, 20, 12);
const field = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (isErrorOf(error, 'ValidationError')) return `${error.field}: ${error.remedy}`;
  }
  return 'no ValidationError';
};

describe('sinceOption', () => {
  it.each([
    ['7d', '2026-11-13T12:00:00.000Z'],
    ['12h', '2026-11-20T00:00:00.000Z'],
    ['30m', '2026-11-20T11:30:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T08:00:00+02:00', '2026-11-01T06:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(sinceOption(text, now).toISOString()).toBe(expected);
  });

  it.each(['yesterday', '2026-02-31', '2026-13-01', '01/11/2026', '7', '', '2026-11-01T25:00:00Z'])(
    'refuses %j and says how a date is written',
    (text) => {
      expect(field(() => sinceOption(text, now))).toMatch(/^since: .*ISO 8601/);
    },
  );
});

describe('wholeNumber', () => {
  it('reads whole numbers and refuses the rest, naming the option', () => {
    expect(wholeNumber('--limit', 1)('20')).toBe(20);
    for (const text of ['0', '-1', '1.5', 'many', '', '9007199254740993'])
      expect(field(() => wholeNumber('--limit', 1)(text))).toMatch(/^limit: /);
  });
});

describe('priorityOption', () => {
  it('knows the five priorities and lists them otherwise', () => {
    expect(priorityOption('critical')).toBe('critical');
    expect(field(() => priorityOption('urgent'))).toContain('critical, high, normal, low, bulk');
    expect(field(() => priorityOption('toString'))).toContain('critical');
  });
});

describe('namesIn', () => {
  it('takes spaces, commas and both', () => {
    expect(namesIn(['ZA', 'DE,FR', ' UK , '])).toEqual(['ZA', 'DE', 'FR', 'UK']);
  });
});

describe('pairsOption', () => {
  it('reads names and values, and refuses what is none', () => {
    expect(pairsOption(['a=1', 'b=x=y', 'c='])).toEqual({ a: '1', b: 'x=y', c: '' });
    for (const text of ['a', '=1']) expect(field(() => pairsOption([text]))).toMatch(/^option: /);
  });
});
