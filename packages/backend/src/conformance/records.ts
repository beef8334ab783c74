import {
  type AccountId,
  accountId,
  type CanonicalRecord,
  marketplaceId,
  type Order,
  orderId,
  type StoredRecord,
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

    it('are walked page by page, each exactly once, whatever comes and goes meanwhile', async () => {
      const { records } = bench.backend;
      const [mine, theirs] = [account(), account()];
      // Two of each version, so that pages end within one.
      const ids = Array.from({ length: 12 }, (_, at) => `w${at}`);
      const batch = ids.map((id, at) => order(mine, id, `2026-03-${10 + Math.floor(at / 2)}`));
      await records.write({ accountId: mine, records: batch });
      await records.write({ accountId: theirs, records: [order(theirs, 'w1', '2026-03-12')] });
      const seen: string[] = [];
      let after: StoredRecord | undefined;
      for (let page = 0; page < 10; page++) {
        const found = await records.walk('order', { accountId: mine, limit: 5, ...(after && { after }) });
        for (const { accountId: owner, id, value, version } of found) {
          expect([owner, value.updatedAt]).toEqual([mine, version]);
          seen.push(id);
        }
        if (page === 0) {
          await records.write({ accountId: mine, records: [order(mine, 'late', '2026-04-01')] });
          await records.delete('order', mine, [seen[0] as string, seen[4] as string]);
        }
        after = found.at(-1);
        if (found.length < 5) break;
      }
      expect([...seen].sort()).toEqual([...ids].sort());
      expect(seen[0]).toBe('w10');
      // Over all accounts, those of one in the order of the other.
      const all: string[] = [];
      for (let place: StoredRecord | undefined, page = 0; page < 1_000; page++) {
        const found = await records.walk('order', { limit: 3, ...(place && { after: place }) });
        all.push(...found.map((one) => `${one.accountId} ${one.id}`));
        place = found.at(-1);
        if (place === undefined) break;
      }
      expect(new Set(all).size).toBe(all.length);
      expect(all.length).toBe(await records.count('order'));
      expect(all.includes(`${theirs} w1`)).toBe(true);
    });

    it('get another value only while they have the version that was looked at', async () => {
      const { records } = bench.backend;
      const mine = account();
      await records.write({ accountId: mine, records: [order(mine, 'A', '1'), order(mine, 'B', '2')] });
      const other = (id: string, version: string) => ({
        ...{ id, version, value: order(mine, id, version, 'other \u0000').value },
      });
      const changes = [other('A', '1'), other('B', '1'), other('C', '1')];
      expect(await records.replace('order', mine, changes)).toBe(1);
      expect(await records.replace('order', mine, [])).toBe(0);
      expect(await records.get('order', mine, 'A')).toMatchObject({ platformStatus: 'other \ufffd' });
      const stored = await records.stored('order', mine, ['B', 'A', 'A', 'nobody']);
      const sorted = [...stored].sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(sorted.map(({ accountId: owner, id, version }) => [owner, id, version])).toEqual([
        [mine, 'A', '1'],
        [mine, 'B', '2'],
      ]);
      expect(sorted[1]?.value).toEqual(order(mine, 'B', '2').value);
      expect(await records.stored('order', mine, [])).toEqual([]);
      expect(await records.get('order', mine, 'B')).toMatchObject({ platformStatus: 'Unshipped' });
      expect(await records.get('order', mine, 'C')).toBe(undefined);
      // The version stayed: the same is not written again, and a newer one is.
      expect(await records.write({ accountId: mine, records: [order(mine, 'A', '1')] })).toMatchObject({
        unchanged: 1,
      });
      expect(await records.write({ accountId: mine, records: [order(mine, 'A', '3')] })).toMatchObject({
        updated: 1,
      });
    });

    it('are deleted by id, all or only older ones, and can come again', async () => {
      const { records } = bench.backend;
      const [mine, theirs] = [account(), account()];
      const batch = ['A', 'B', 'C'].map((id, at) => order(mine, id, String(at + 1)));
      await records.write({ accountId: mine, records: batch });
      await records.write({ accountId: theirs, records: [order(theirs, 'A', '1')] });
      expect(await records.delete('order', mine, ['A', 'A2', "x'; drop"])).toBe(1);
      expect(await records.delete('order', mine, [])).toBe(0);
      expect(await records.delete('order', mine, ['B', 'C'], { olderThan: '3' })).toBe(1);
      expect(await records.delete('inventory', mine, ['C'])).toBe(0);
      expect(await records.get('order', mine, 'A')).toBe(undefined);
      expect(await records.count('order', { accountId: theirs })).toBe(1);
      expect((await records.list('order', { accountId: mine })).map((one) => one.orderId)).toEqual(['C']);
      expect(await records.count('order', { accountId: mine })).toBe(1);
      expect(await records.write({ accountId: mine, records: [order(mine, 'A', '0')] })).toMatchObject({
        inserted: 1,
      });
      expect((await records.list('order', { accountId: mine })).length).toBe(2);
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
