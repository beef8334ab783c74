import { describe, expect, it } from '@jest/globals';
import { afterPage, nextSince, noOrderYet, restartFrom } from './import-window.js';

const at = (minute: number) => `2026-11-01T08:${String(minute).padStart(2, '0')}:00.000Z`;

describe('where a listing begins again', () => {
  it('is the last order seen, when the pages came in order of change', () => {
    const seen = afterPage(afterPage(noOrderYet, [at(1), at(2)]), [at(2), at(5)]);
    expect(restartFrom(at(0), seen)).toBe(at(5));
  });

  it('is the beginning, when they did not', () => {
    expect(restartFrom(at(0), afterPage(noOrderYet, [at(5), at(2)]))).toBe(at(0));
    expect(restartFrom(at(0), afterPage(afterPage(noOrderYet, [at(1), at(5)]), [at(4)]))).toBe(at(0));
  });

  it('is the beginning, when nothing shows an order yet', () => {
    expect(restartFrom(at(0), noOrderYet)).toBe(at(0));
    expect(restartFrom(at(0), afterPage(noOrderYet, [at(3), at(3)]))).toBe(at(0));
  });
});

describe('where the next import begins', () => {
  it('is a little before the end of the last one', () => {
    expect(nextSince(at(30))).toBe(at(25));
  });
});
