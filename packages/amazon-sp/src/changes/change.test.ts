import { describe, expect, it } from '@jest/globals';
import { jobOfOrder, orderOfJob } from './change.js';

describe('the order of changes', () => {
  const [earlier, later] = ['prices-0mwq65ci80000479f180', 'prices-0mwq65ci80001479f180'];

  it('is that in which their jobs were put in, however often the earlier one was tried again', () => {
    const orders = [orderOfJob(earlier), ...[1, 2, 10].map((n) => orderOfJob(earlier, n)), orderOfJob(later)];
    expect([...orders].sort()).toEqual(orders);
    expect(new Set(orders).size).toBe(5);
  });

  it('names the job, of its later tries as well', () => {
    for (const failures of [0, 1, 12])
      expect(jobOfOrder('price', orderOfJob(earlier, failures))).toBe(earlier);
  });
});
