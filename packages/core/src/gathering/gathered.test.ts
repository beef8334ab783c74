import { describe, expect, it } from '@jest/globals';
import { Gathered } from './gathered.js';

describe('questions that come together', () => {
  it('are asked together, and each gets its own answer', async () => {
    const rounds: (readonly number[])[] = [];
    const doubled = new Gathered<number, number>(async (items) => {
      rounds.push(items);
      return items.map((item) => item * 2);
    });
    await expect(Promise.all([1, 2, 3].map((one) => doubled.ask(one)))).resolves.toEqual([2, 4, 6]);
    expect(rounds).toEqual([[1, 2, 3]]);
  });

  it('go with the next round when one is under way, so many at the most', async () => {
    const rounds: (readonly number[])[] = [];
    const begun = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const same = new Gathered<number, number>(async (items) => {
      rounds.push(items);
      begun.resolve();
      await answered.promise;
      return items;
    }, 2);
    const first = same.ask(0);
    await begun.promise;
    const later = [1, 2, 3].map((one) => same.ask(one));
    answered.resolve();
    await expect(Promise.all([first, ...later])).resolves.toEqual([0, 1, 2, 3]);
    expect(rounds).toEqual([[0], [1, 2], [3]]);
  });

  it('wait for those that come one in each turn of the event loop', async () => {
    const rounds: (readonly number[])[] = [];
    const same = new Gathered<number, number>(async (items) => {
      rounds.push(items);
      return items;
    });
    const answers: Promise<number>[] = [];
    for (let item = 0; item < 5; item++) {
      answers.push(same.ask(item));
      await new Promise(setImmediate);
    }
    await expect(Promise.all(answers)).resolves.toEqual([0, 1, 2, 3, 4]);
    expect(rounds).toEqual([[0, 1, 2, 3, 4]]);
  });

  it('fail together, and those that come afterwards are asked as ever', async () => {
    let fails = true;
    const moody = new Gathered<number, number>(async (items) => {
      if (fails) throw new Error('no');
      return items;
    });
    const answers = await Promise.allSettled([moody.ask(1), moody.ask(2)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    await expect(moody.ask(3)).resolves.toBe(3);
  });
});
