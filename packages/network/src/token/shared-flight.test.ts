import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { SharedFlight } from './shared-flight.js';

describe('SharedFlight', () => {
  it('does the work of a key once for all who ask meanwhile, and anew for those who ask later', async () => {
    const flights = new SharedFlight<number>();
    let done = 0;
    const work = async () => {
      await sleep(5);
      done += 1;
      return done;
    };
    expect(
      await Promise.all([flights.join('a', work), flights.join('a', work), flights.join('b', work)]),
    ).toEqual([1, 1, 2]);
    expect(await flights.join('a', work)).toBe(3);
  });

  it('gives a failure to all of them, and tries anew afterwards', async () => {
    const flights = new SharedFlight<string>();
    const fail = async () => {
      throw new Error('no');
    };
    const both = await Promise.allSettled([flights.join('a', fail), flights.join('a', fail)]);
    expect(both.map((one) => one.status)).toEqual(['rejected', 'rejected']);
    expect(await flights.join('a', async () => 'yes')).toBe('yes');
  });

  it('aborts the work only when the last passenger has left', async () => {
    const flights = new SharedFlight<void>();
    let aborted = false;
    const work = (signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(signal.reason);
        }),
      );
    const [first, second] = [new AbortController(), new AbortController()];
    const rides = Promise.allSettled([
      flights.join('a', work, first.signal),
      flights.join('a', work, second.signal),
    ]);
    first.abort();
    await sleep(1);
    expect(aborted).toBe(false);
    second.abort();
    await rides;
    expect(aborted).toBe(true);
    expect(flights.has('a')).toBe(false);
  });
});
