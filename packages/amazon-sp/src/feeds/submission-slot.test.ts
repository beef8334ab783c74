import { openBackend } from '@fluxori/backend';
import { type KeyValueStore, type Locks, ManualClock } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { SubmissionSlot } from './submission-slot.js';

describe('the slot of submissions', () => {
  it.each(['take', 'free'] as const)(
    'is left to its new holder by %s of one whose lock was lost on the way',
    async (step) => {
      await using backend = await openBackend('memory:');
      const { keyValues } = backend;
      const parts = { clock: new ManualClock(), name: 'A1/eu/JSON_LISTINGS_FEED' };
      const kept = new SubmissionSlot({ ...parts, keyValues, locks: backend.locks });
      const lost = new AbortController();
      const locks: Locks = { withLock: (_, work) => work({ signal: lost.signal }) };
      // What was read is old when it comes.
      const late: KeyValueStore['get'] = async (key) => {
        const before = await keyValues.get(key);
        await kept.free('the slow one');
        await kept.take('another');
        lost.abort(new Error('the lock was lost'));
        return before;
      };
      const slow = new SubmissionSlot({
        ...{ ...parts, locks },
        keyValues: new Proxy(keyValues, {
          get: (store, name) => (name === 'get' ? late : Reflect.get(store, name, store).bind(store)),
        }),
      });
      if (step === 'free') await kept.take('the slow one');
      await expect(slow[step]('the slow one')).rejects.toThrow('the lock was lost');
      expect(await kept.take('the slow one')).toBe(false);
      expect(await kept.take('another')).toBe(true);
    },
  );
});
