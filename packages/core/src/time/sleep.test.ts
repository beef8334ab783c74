import { promised, Stopwatch } from '@fluxori/test-services';
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from './manual-clock.js';
import { sleep } from './sleep.js';

describe('sleep', () => {
  it('settles at once with the reason when the signal aborts', async () => {
    const controller = new AbortController();
    const reason = new Error('power cut');
    const watch = new Stopwatch();
    const waiting = sleep(60_000, controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(watch.stop()).toBeLessThan(promised(50));
  });

  it('does not begin when the signal is aborted already', async () => {
    await expect(sleep(60_000, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });

  it('leaves no listener behind', async () => {
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = ((...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    }) as typeof add;
    signal.removeEventListener = ((...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    }) as typeof remove;
    await sleep(1, signal);
    expect(listeners).toBe(0);
  });

  it('waits longer than one timer can, without firing early', async () => {
    const controller = new AbortController();
    const waiting = sleep(2 ** 32, controller.signal);
    const first = await Promise.race([waiting.then(() => 'woke'), sleep(20).then(() => 'still asleep')]);
    expect(first).toBe('still asleep');
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});

describe('ManualClock', () => {
  it('wakes sleepers in order, each at its own moment', async () => {
    const clock = new ManualClock(0);
    const woken: [string, number][] = [];
    const wait = (name: string, ms: number) => clock.sleep(ms).then(() => woken.push([name, clock.now()]));
    const all = Promise.all([wait('late', 300), wait('early', 100)]);
    await clock.advance(250);
    expect(woken).toEqual([['early', 100]]);
    await clock.advance(250);
    await all;
    expect(woken).toEqual([
      ['early', 100],
      ['late', 300],
    ]);
    expect(clock.now()).toBe(500);
  });
});
