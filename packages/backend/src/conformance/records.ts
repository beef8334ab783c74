import {
  type AccountId,
  accountId,
  type CanonicalRecord,
  marketplaceId,
  type Order,
  orderId,
} from '@fluxori/core';
import { type Bench, failureOf, type TestApi } from './under-test.js';

export function describeRecords({ describe, it, expect }: TestApi, bench: Bench): void {
  const account = () => accountId(bench.unique('account'));

  describe('records', () => {
    it('are counted exactly: inserted, updated, unchanged', async () => {
      const { records } = bench.backend;
      const mine = account();
      const batch = {
        accountId: mine,
        records: [order(mine, 'A', '2026-01-01'), order(mine, 'B', '2026-01-01')],
      };
      expect(await records.write(batch)).toEqual({ inserted: 2, updated: 0, unchanged: 0 });
      expect(await records.write(batch)).toEqual({ inserted: 0, updated: 0, unchanged: 2 });
      const mixed = [
        order(mine, 'A', '2026-01-02'),
        order(mine, 'B', '2025-12-31'),
        order(mine, 'C', '2026-01-01'),
      ];
      expect(await records.write({ accountId: mine, records: mixed })).toEqual({
        inserted: 1,
        updated: 1,
        unchanged: 1,
      });
      expect(await records.count('order', { accountId: mine })).toBe(3);
    });

    it('are never replaced by an older version, also within one batch', async () => {
      const { records } = bench.backend;
      const mine = account();
      const batch = [order(mine, 'A', '2026-01-02', 'new'), order(mine, 'A', '2026-01-01', 'old')];
      expect(await records.write({ accountId: mine, records: batch })).toEqual({
        inserted: 1,
        updated: 0,
        unchanged: 1,
      });
      await records.write({ accountId: mine, records: [order(mine, 'A', '2025-01-01', 'older')] });
      expect(await records.get('order', mine, 'A')).toMatchObject({ platformStatus: 'new' });
    });

    it('compare versions by code unit, whatever the language of the machine', async () => {
      const { records } = bench.backend;
      const mine = account();
      await records.write({ accountId: mine, records: [order(mine, 'A', 'a')] });
      expect(await records.write({ accountId: mine, records: [order(mine, 'A', 'B')] })).toMatchObject({
        unchanged: 1,
      });
      expect(await records.write({ accountId: mine, records: [order(mine, 'A', 'é')] })).toMatchObject({
        updated: 1,
      });
    });

    it('come back as they went in, by kind, account and id', async () => {
      const { records } = bench.backend;
      const [mine, theirs] = [account(), account()];
      const one = order(mine, 'A', '1', 'Robert\'); drop table record; -- \\ " 例 🚚');
      await records.write({ accountId: mine, records: [one] });
      expect(await records.get('order', mine, 'A')).toEqual(one.value);
      expect(await records.get('order', theirs, 'A')).toBe(undefined);
      expect(await records.get('inventory', mine, 'A')).toBe(undefined);
    });

    it('take text that a database cannot hold, with the replacement character in its place', async () => {
      const { records } = bench.backend;
      const mine = account();
      await records.write({
        accountId: mine,
        records: [order(mine, 'A', '1', 'nul \u0000 half \ud83d end')],
        state: { note: 'nul \u0000' },
      });
      expect(await records.get('order', mine, 'A')).toMatchObject({
        platformStatus: 'nul \ufffd half \ufffd end',
      });
      expect(await records.readState(mine, 'note')).toBe('nul \ufffd');
    });

    it('are listed newest first, a page at a time, of one account or of all', async () => {
      const { records } = bench.backend;
      const [mine, theirs] = [account(), account()];
      const days = Array.from({ length: 12 }, (_, day) => `2026-02-${String(day + 1).padStart(2, '0')}`);
      await records.write({ accountId: mine, records: days.map((day) => order(mine, `o${day}`, day)) });
      await records.write({ accountId: theirs, records: [order(theirs, 'x', 'ÿ, the newest of all')] });
      const page = await records.list('order', { accountId: mine, limit: 3, offset: 2 });
      expect(page.map((one) => one.updatedAt)).toEqual(['2026-02-10', '2026-02-09', '2026-02-08']);
      expect((await records.list('order', { limit: 1 }))[0]?.accountId).toBe(theirs);
      expect((await records.list('order', { accountId: mine })).length).toBe(12);
    });

    it('are written with the state or not at all', async () => {
      const { records } = bench.backend;
      const mine = account();
      const poison = {
        ...order(mine, 'B', '1'),
        value: {
          toJSON: () => {
            throw new Error('unwritable');
          },
        },
      };
      const batch = [order(mine, 'A', '1'), poison as unknown as CanonicalRecord];
      const failure = await failureOf(records.write({ accountId: mine, records: batch, state: { mark: 1 } }));
      expect(failure?.message).toBe('unwritable');
      expect(await records.count('order', { accountId: mine })).toBe(0);
      expect(await records.readState(mine, 'mark')).toBe(undefined);
    });

    it('have a state by account, which null deletes', async () => {
      const { records } = bench.backend;
      const [mine, theirs] = [account(), account()];
      await records.write({ accountId: mine, state: { mark: { at: '2026-01-01', page: null }, other: 0 } });
      expect(await records.readState(mine, 'mark')).toEqual({ at: '2026-01-01', page: null });
      expect(await records.readState(mine, 'other')).toBe(0);
      expect(await records.readState(theirs, 'mark')).toBe(undefined);
      await records.write({ accountId: mine, state: { mark: null } });
      expect(await records.readState(mine, 'mark')).toBe(undefined);
    });

    it('are not written when the signal is aborted beforehand', async () => {
      const { records } = bench.backend;
      const mine = account();
      const reason = new Error('too late');
      const batch = { accountId: mine, records: [order(mine, 'A', '1')] };
      expect(await failureOf(records.write(batch, { signal: AbortSignal.abort(reason) }))).toBe(reason);
      expect(await records.count('order', { accountId: mine })).toBe(0);
    });

    it('take an empty batch for what it is', async () => {
      expect(await bench.backend.records.write({ accountId: account() })).toEqual({
        inserted: 0,
        updated: 0,
        unchanged: 0,
      });
    });
  });
}

/** An order in one version of it. */
export function order(
  account: AccountId,
  id: string,
  version: string,
  platformStatus = 'Unshipped',
): CanonicalRecord & { value: Order } {
  return {
    kind: 'order',
    id,
    version,
    value: {
      accountId: account,
      marketplaceId: marketplaceId('AE08WJ6YKNBMC'),
      orderId: orderId(id),
      status: 'unshipped',
      platformStatus,
      purchasedAt: '2026-01-01T00:00:00Z',
      updatedAt: version,
      total: { amount: '1299.90', currency: 'ZAR' },
      items: [{ orderItemId: '1', quantityOrdered: 2, quantityShipped: 0 }],
    },
  };
}
