import { accountId } from '@fluxori/core';
import { order } from '../records.js';
import type { TestApi } from '../under-test.js';
import type { Company } from './company.js';

export function describeRecordsOfMany({ describe, it, expect }: TestApi, company: Company): void {
  describe('records', () => {
    it('that several write at once end with the newest version of each, and are counted once', async () => {
      const mine = accountId(company.unique('account'));
      const ids = Array.from({ length: 40 }, (_, index) => `order ${String(index).padStart(2, '0')}`);
      const versions = [3, 1, 9, 5, 8, 2, 7, 4, 6];
      const writes = versions.map((version, index) => {
        // In different orders, so that locks taken row by row would meet each other.
        const inOrder = index % 2 === 0 ? ids : [...ids].reverse();
        const records = inOrder.map((id) => order(mine, id, `version ${version}`));
        return company.others[index % 3]!.call('records', 'write', { accountId: mine, records });
      });
      const results = await Promise.all(writes);
      const total = (name: 'inserted' | 'updated' | 'unchanged') =>
        results.reduce((sum, result) => sum + result[name], 0);
      expect(total('inserted')).toBe(40);
      expect(total('updated') + total('unchanged')).toBe(40 * 8);
      expect(await company.here.records.count('order', { accountId: mine })).toBe(40);
      const listed = await company.here.records.list('order', { accountId: mine });
      expect(new Set(listed.map(({ updatedAt }) => updatedAt))).toEqual(new Set(['version 9']));
    });

    it('keep the state of each, and of what all write one whole value', async () => {
      const mine = accountId(company.unique('account'));
      await Promise.all(
        company.others.map((one, index) =>
          one.call('records', 'write', {
            accountId: mine,
            state: { [`mark ${index}`]: index, common: { by: index, list: [index, index] } },
          }),
        ),
      );
      for (const index of [0, 1, 2])
        expect(await company.here.records.readState(mine, `mark ${index}`)).toBe(index);
      const common = (await company.here.records.readState(mine, 'common')) as { by: number; list: number[] };
      expect(common.list).toEqual([common.by, common.by]);
    });

    it('that a process was told are written are there when it is killed the next moment', async () => {
      const mine = accountId(company.unique('account'));
      const doomed = await company.another();
      await doomed.call('records', 'write', {
        accountId: mine,
        records: [order(mine, 'A', '1')],
        state: { mark: 1 },
      });
      await doomed.kill();
      expect(await company.here.records.count('order', { accountId: mine })).toBe(1);
      expect(await company.others[0]!.call('records', 'readState', mine, 'mark')).toBe(1);
    });
  });
}
