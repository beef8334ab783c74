import type { Logger } from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AbsenceNews } from './absence-news.js';

describe('news of a store', () => {
  let lines: string[];
  let news: AbsenceNews;
  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    const say = (_fields: unknown, message: string) => void lines.push(message);
    const logger: Logger = { debug() {}, info: say, warn: say, error: say, child: () => logger };
    news = new AbsenceNews('Redis at cache:6379', 'cache:6379', logger);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('that goes away and is back are one line for each', () => {
    expect(news.away('cut')).toBe(false);
    news.back(1_200);
    jest.advanceTimersByTime(11_000);
    expect(news.away('cut')).toBe(false);
    news.back(300);
    expect(lines).toEqual([
      'Redis at cache:6379 is away: cut',
      'Redis at cache:6379 is back after 1.2 s',
      'Redis at cache:6379 is away: cut',
      'Redis at cache:6379 is back after 0.3 s',
    ]);
  });

  it('that comes and goes are one more line, and another when it has been back for ten seconds', () => {
    for (let turn = 0; turn < 100; turn++) {
      expect(news.away('full')).toBe(turn > 0);
      news.back(50);
      jest.advanceTimersByTime(500);
    }
    expect(lines.slice(4)).toEqual(['Redis at cache:6379 comes and goes: full']);
    jest.advanceTimersByTime(10_000);
    expect(lines.slice(5)).toEqual(['Redis at cache:6379 is back for good']);
    jest.advanceTimersByTime(10_000);
    expect(news.away('cut')).toBe(false);
    expect(lines.at(-1)).toBe('Redis at cache:6379 is away: cut');
  });
});
