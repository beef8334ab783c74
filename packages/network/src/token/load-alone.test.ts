import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, type Locks, systemClock } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { loadAlone } from './load-alone.js';

const clock: Clock = systemClock;

/** A lock that is let go of by hand, as if its holder were far away; `entered` counts who got it. */
class FarLock implements Locks {
  entered = 0;
  free: () => void = () => undefined;
  readonly #free = new Promise<void>((resolve) => {
    this.free = resolve;
  });

  async withLock<T>(
    _name: string,
    work: (held: { signal: AbortSignal }) => Promise<T>,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<T> {
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      void this.#free.then(resolve);
    });
    this.entered += 1;
    return work({ signal: signal as AbortSignal });
  }
}

/** A lock whose lease was lost while its holder was held up: it says so, and fails afterwards. */
const lostLock: Locks = {
  async withLock(_name, work) {
    await work({ signal: AbortSignal.abort(new Error('the lock was lost')) });
    throw new Error('the lock was lost');
  },
};

const parts = { name: 'thing', ttlMs: 1_000, clock, random: () => 0.5, signal: new AbortController().signal };

describe('loadAlone', () => {
  it('gives what is there without asking for the lock', async () => {
    const locks = new FarLock();
    const load = async () => 'loaded';
    expect(await loadAlone({ ...parts, locks, find: async () => 'there', load })).toBe('there');
    expect(locks.entered).toBe(0);
  });

  it('gives all who wait what another process has brought, without one of them getting the lock', async () => {
    const locks = new FarLock();
    let store: string | undefined;
    let loaded = 0;
    const waiters = Array.from({ length: 30 }, () =>
      loadAlone({
        ...parts,
        locks,
        find: async () => store,
        load: async () => {
          loaded += 1;
          return 'loaded';
        },
      }),
    );
    await sleep(100);
    store = 'brought';
    expect(new Set(await Promise.all(waiters))).toEqual(new Set(['brought']));
    expect([locks.entered, loaded]).toEqual([0, 0]);
  });

  it('looks once more when it has got the lock, and loads when there is still nothing', async () => {
    for (const brought of ['brought', undefined]) {
      const locks = new FarLock();
      let looked = 0;
      const work = loadAlone({
        ...parts,
        locks,
        find: async () => (looked++ === 0 ? undefined : brought),
        load: async () => 'loaded',
      });
      await sleep(1);
      locks.free();
      expect(await work).toBe(brought ?? 'loaded');
    }
  });

  it('keeps what it has loaded when the lock was lost meanwhile', async () => {
    const load = async () => 'loaded';
    expect(await loadAlone({ ...parts, locks: lostLock, find: async () => undefined, load })).toBe('loaded');
  });

  it('passes on why loading failed, and the reason of whoever leaves', async () => {
    const locks = new FarLock();
    locks.free();
    const load = async () => {
      throw new Error('refused');
    };
    const nothing = async () => undefined;
    await expect(loadAlone({ ...parts, locks, find: nothing, load })).rejects.toThrow('refused');
    const stop = new AbortController();
    const waiting = loadAlone({ ...parts, locks: new FarLock(), find: nothing, load, signal: stop.signal });
    await sleep(5);
    stop.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
  });

  it('says that the store cannot be read, and waits for no lock then', async () => {
    const locks = new FarLock();
    const find = async () => {
      throw new Error('sealed with another key');
    };
    await expect(loadAlone({ ...parts, locks, find, load: async () => 'loaded' })).rejects.toThrow(
      'another key',
    );
    expect(locks.entered).toBe(0);
  });
});
