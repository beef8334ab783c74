import { describe, expect, it } from '@jest/globals';
import { callersOwn } from './callers-own.js';

describe('an argument of the caller’s', () => {
  it('is the same object when it holds no function, whatever it is', () => {
    const circle: { self?: object } = {};
    circle.self = circle;
    for (const one of [undefined, null, 'a', 7, [() => 1], new Date(), { a: { b: 1 } }, circle])
      expect(callersOwn(one, () => undefined)).toBe(one);
  });

  it('is looked up each time, and its methods work on itself', async () => {
    const journal = {
      state: undefined as string | undefined,
      async save(state: string) {
        this.state = state;
      },
    };
    const means = { journal, signal: new AbortController().signal };
    const own = callersOwn(means, () => undefined) as typeof means;
    expect(own.signal).toBe(means.signal);
    await own.journal.save('begun');
    expect([own.journal.state, journal.state]).toEqual(['begun', 'begun']);
    expect({ ...own.journal }).toMatchObject({ state: 'begun' });
    expect(Object.keys(own)).toEqual(['journal', 'signal']);
  });

  it('tells what its functions throw, but not what they only pass on', () => {
    const blamed: unknown[] = [];
    const mine = new TypeError('mine');
    const options = {
      onProgress: () => {
        throw mine;
      },
      call: (work: () => unknown) => work(),
    };
    const own = callersOwn(options, (error) => blamed.push(error)) as typeof options;
    expect(() => own.onProgress()).toThrow(mine);
    const ours = () => {
      throw new TypeError('ours');
    };
    expect(() => own.call(ours)).toThrow('ours');
    expect(blamed).toEqual([mine]);
  });

  it('tells what its iterators throw, and lets go of one that is left', () => {
    const blamed: unknown[] = [];
    const mine = new TypeError('mine');
    let left = false;
    function* items() {
      try {
        yield 1;
        throw mine;
      } finally {
        left = true;
      }
    }
    const own = () => callersOwn(items(), (error) => blamed.push(error)) as Iterable<number>;
    const [first] = own();
    expect([first, left, blamed]).toEqual([1, true, []]);
    expect(() => [...own()]).toThrow(mine);
    expect(blamed).toEqual([mine]);
  });
});
