import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

describe('Turns', () => {
  it('lets the most urgent begin first, and the first come within one priority', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const begin = async (name: string, priority: number) => {
      await turns.next(priority);
      order.push(name);
    };
    await Promise.all([begin('b1', 5), begin('b2', 5), begin('c1', 1), begin('n', 3), begin('c2', 1)]);
    expect(order).toEqual(['c1', 'c2', 'n', 'b1', 'b2']);
  });

  it('lets timers fire between those that begin', async () => {
    const turns = new Turns();
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 1);
    const busy = async () => {
      await turns.next(5);
      const end = performance.now() + 2;
      while (performance.now() < end);
    };
    await Promise.all(Array.from({ length: 50 }, busy));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(20);
  });
});
