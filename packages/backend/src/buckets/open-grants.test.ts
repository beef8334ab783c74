import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OpenGrants } from './open-grants.js';

const leaseMs = 5_000;
const grant = (id: string) => ({ id, keys: ['bucket'] });

describe('the open grants of a process', () => {
  let renewed: string[][];
  let fails: boolean;
  let open: OpenGrants;

  beforeEach(() => {
    jest.useFakeTimers();
    renewed = [];
    fails = false;
    open = new OpenGrants({
      leaseMs,
      renew: async (grants) => {
        renewed.push(grants.map(({ id }) => id));
        if (fails) throw new Error('the store is away');
      },
    });
  });
  afterEach(() => {
    open.close();
    jest.useRealTimers();
  });

  const take = (id: string) => open.add(grant(id), open.now());
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  it('are not renewed when they are short, and leave no timer behind', async () => {
    for (let request = 0; request < 50; request++) {
      take(`${request}`);
      await pass(100);
      open.delete(grant(`${request}`));
    }
    await pass(leaseMs);
    expect(renewed).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are renewed all together, in time, for as long as they are open', async () => {
    take('first');
    await pass(200);
    take('second');
    await pass(59_800);
    expect(renewed.length).toBeGreaterThan(60_000 / leaseMs);
    expect(renewed.length).toBeLessThanOrEqual(60_000 / 1_500 + 1);
    expect(renewed.slice(2).every((together) => together.length === 2)).toBe(true);
    open.delete(grant('first'));
    const before = renewed.length;
    await pass(4_000);
    expect(new Set(renewed.slice(before).flat())).toEqual(new Set(['second']));
  });

  it('are renewed soon when their answer was long on its way', async () => {
    open.add(grant('late'), open.now() - 3_000);
    await pass(500);
    expect(renewed).toEqual([['late']]);
  });

  it('are renewed again soon when that failed', async () => {
    fails = true;
    take('one');
    await pass(4_600);
    expect(renewed.length).toBeGreaterThanOrEqual(2);
  });

  it('wait for an answer before they ask for more', async () => {
    let asked = 0;
    const slow = new OpenGrants({
      leaseMs,
      renew: () => {
        asked++;
        return new Promise(() => {});
      },
    });
    slow.add(grant('one'), slow.now());
    await pass(30_000);
    expect(asked).toBe(1);
    slow.close();
  });

  it('are renewed 200 at a time', async () => {
    for (let request = 0; request < 450; request++) take(`${request}`);
    await pass(2_000);
    expect(renewed.map((together) => together.length)).toEqual([200, 200, 50]);
  });

  it('are left to end after an hour: who has not settled by then has forgotten it', async () => {
    take('forgotten');
    await pass(3_610_000);
    const before = renewed.length;
    await pass(60_000);
    expect(renewed.length).toBe(before);
    expect(open.close()).toEqual([]);
  });

  it('are given out at the end, and none is renewed after it', async () => {
    take('one');
    take('two');
    expect(open.close()).toEqual([grant('one'), grant('two')]);
    take('answered after the end');
    await pass(leaseMs);
    expect(renewed).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
