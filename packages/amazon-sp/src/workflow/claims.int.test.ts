import { openBackend } from '@fluxori/backend';
import { accountId, type KeyValueStore, type Locks, ManualClock } from '@fluxori/core';
import { freshPlace } from '@fluxori/test-services';
import { describe, expect, it } from '@jest/globals';
import { testBackends } from '../../testing/connect-to-sandbox.js';
import { Claims } from './claims.js';

describe.each(testBackends)('claims, on %s', (kind) => {
  it('are one of many at the same time, through stores opened one by one, and what was done stays', async () => {
    const place = kind === 'memory' ? undefined : await freshPlace(kind);
    // A store that processes share is opened twice, as two of them do.
    const first = await openBackend(place?.url ?? 'memory:');
    const second = place === undefined ? first : await openBackend(place.url);
    try {
      const clock = new ManualClock();
      const [one, other] = [first, second].map(
        ({ keyValues, locks }) =>
          new Claims<'sent', { kind: string }>('sent', {
            ...{ keyValues, locks, clock, accountId: accountId('acme-za'), room: 'message-sent' },
          }),
      ) as [Claims<'sent', { kind: string }>, Claims<'sent', { kind: string }>];
      const jobs = Array.from({ length: 10 }, (_, n) => `job-${n}`);
      const held = await Promise.all(jobs.map((job, n) => (n % 2 ? one : other).claim('o/m', job)));
      const winner = jobs[held.indexOf(undefined)] as string;
      expect(held.filter((claim) => claim === undefined)).toHaveLength(1);

      // Its own intent is in its way unless it says so; another's falls free when nothing can be on its way any more.
      expect(await other.claim('o/m', winner)).toMatchObject({ status: 'intended', by: winner });
      expect(await other.claim('o/m', winner, { own: true })).toBeUndefined();
      await clock.advance(899_999);
      expect(await one.claim('o/m', 'later', { again: true })).toMatchObject({ by: winner });
      await clock.advance(1);
      expect(await one.claim('o/m', 'later')).toMatchObject({ by: winner });
      expect(await one.claim('o/m', 'later', { again: true })).toBeUndefined();

      await other.release('o/m', winner);
      expect(await other.unknown('o/m', winner)).toMatchObject({ by: 'later' });
      expect(await one.unknown('o/m', 'later')).toBeUndefined();
      expect(await other.claim('o/m', 'third')).toMatchObject({ status: 'unknown', by: 'later' });
      await one.done('o/m', 'later', { kind: 'warranty' });
      expect(await other.claim('o/m', 'third', { again: true, own: true })).toMatchObject({
        ...{ status: 'sent', by: 'later', kind: 'warranty' },
      });
      expect(await one.claim('o/other', 'third')).toBeUndefined();
    } finally {
      if (second !== first) await second.close();
      await first.close();
      await place?.remove();
    }
  });
});

describe('a claim whose lock was lost on the way', () => {
  it('is not written, whatever another has claimed by then', async () => {
    await using backend = await openBackend('memory:');
    const { keyValues } = backend;
    const lost = new AbortController();
    // The store was away for longer than the lock lasts: what was read is old when it comes.
    const locks: Locks = { withLock: (_, work) => work({ signal: lost.signal }) };
    const late: Pick<KeyValueStore, 'get'> = {
      get: async (key) => {
        const before = await keyValues.get(key);
        await new Claims('sent', { ...parts, keyValues, locks: backend.locks }).claim('o/m', 'another');
        lost.abort(new Error('the lock was lost'));
        return before;
      },
    };
    const parts = { clock: new ManualClock(), accountId: accountId('acme-za'), room: 'message-sent' };
    const claims = new Claims('sent', {
      ...{ ...parts, locks },
      keyValues: new Proxy(keyValues, {
        get: (store, name) => (name === 'get' ? late.get : Reflect.get(store, name, store).bind(store)),
      }),
    });
    await expect(claims.claim('o/m', 'the slow one')).rejects.toThrow('the lock was lost');
    const kept = new Claims('sent', { ...parts, keyValues, locks: backend.locks });
    expect(await kept.read('o/m')).toMatchObject({ status: 'intended', by: 'another' });
  });
});
