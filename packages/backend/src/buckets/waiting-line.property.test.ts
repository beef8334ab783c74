import { fc } from '@fluxori/test-services/fast-check';
import { describe, expect, it } from '@jest/globals';
import { WaitingLine } from './waiting-line.js';

interface Simple {
  readonly name: string;
  readonly priority: number;
  readonly arrival: number;
  turnAtMs: number;
  leavesAtMs: number;
}

/** The same line, written as plainly as possible. */
class PlainLine {
  waiters: Simple[] = [];
  #arrivals = 0;

  put(name: string, priority: number, turnAtMs: number, graceMs: number): void {
    const there = this.waiters.find((waiter) => waiter.name === name);
    if (there === undefined) {
      const arrival = this.#arrivals++;
      this.waiters.push({ name, priority, arrival, turnAtMs, leavesAtMs: turnAtMs + graceMs });
    } else Object.assign(there, { turnAtMs, leavesAtMs: turnAtMs + graceMs });
  }

  reprioritise(name: string, priority: number): void {
    const there = this.waiters.find((waiter) => waiter.name === name);
    if (there === undefined || there.priority === priority) return;
    this.remove(name);
    this.waiters.push({ ...there, priority, arrival: this.#arrivals++ });
  }

  remove(name: string): void {
    this.waiters = this.waiters.filter((waiter) => waiter.name !== name);
  }

  advance(nowMs: number): void {
    this.waiters = this.waiters.filter((waiter) => waiter.leavesAtMs > nowMs);
  }

  ahead(priority: number, name: string): Simple[] {
    const own = this.waiters.find((waiter) => waiter.name === name);
    return this.waiters.filter(
      (one) =>
        one.name !== name &&
        (one.priority < priority || (one.priority === priority && one.arrival < (own?.arrival ?? Infinity))),
    );
  }
}

const step = fc.record({
  what: fc.constantFrom('ask', 'ask', 'ask', 'remove', 'pass'),
  name: fc.integer({ min: 0, max: 30 }).map((index) => `w${index}`),
  priority: fc.integer({ min: 1, max: 3 }),
  ms: fc.integer({ min: 1, max: 400 }),
});

describe('the waiting line', () => {
  it('counts like a plain list does, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const left: string[] = [];
        const line = new WaitingLine((name) => left.push(name));
        const plain = new PlainLine();
        let now = 0;
        for (const { what, name, priority, ms } of steps) {
          if (what === 'pass') now += ms;
          line.advance(now);
          plain.advance(now);
          if (what === 'remove') {
            line.remove(name);
            plain.remove(name);
          }
          if (what === 'ask') {
            line.reprioritise(name, priority);
            plain.reprioritise(name, priority);
            const ahead = plain.ahead(priority, name);
            expect(line.ahead(priority, name)).toBe(ahead.length);
            expect(line.dueAhead(priority, name)).toBe(ahead.filter((one) => one.turnAtMs <= now).length);
            line.put(name, priority, now + ms, 300);
            plain.put(name, priority, now + ms, 300);
          }
          expect(line.size).toBe(plain.waiters.length);
        }
        expect(left.every((name) => typeof name === 'string')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
