import { accountId, type CanonicalRecord, type InventoryLevel } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { onAnyBackend, onEachBackend } from '../testing/each-backend.js';
import { account } from '../testing/rig.js';

const level = (id: string, version: string): CanonicalRecord => ({
  ...{ kind: 'inventory', id, version },
  value: { sku: id } as unknown as InventoryLevel,
});

describe('ctx.prune', () => {
  onEachBackend((rig) => {
    it('deletes what a whole listing did not bring: older records of the account that match, and no others', async () => {
      const { records } = rig().backend;
      const other = accountId('other-za');
      const old = Array.from({ length: 620 }, (_, at) =>
        level(`ZA/old-${at}/seller`, `2026-01-0${1 + (at % 5)}`),
      );
      await records.write({
        accountId: account,
        records: [...old, level('US/old/seller', '2026-01-01'), level('ZA/same/seller', '2026-02-01')],
      });
      await records.write({ accountId: other, records: [level('ZA/old-1/seller', '2026-01-01')] });
      const queue = rig().queue(async (ctx) => {
        await ctx.checkpoint({ step: 1 }, { records: [level('ZA/new/seller', '2026-02-02')] });
        const order = {
          ...{ kind: 'inventory' as const, olderThan: '2026-02-01' },
          matches: (id: string) => id.startsWith('ZA/'),
        };
        return [await ctx.prune(order), await ctx.prune(order)];
      });
      const { jobId } = await queue.add('test.work', { accountId: account, payload: { n: 1 } });
      await queue.start();
      expect(await queue.waitFor(jobId)).toEqual([620, 0]);
      const left = await records.walk('inventory', { accountId: account });
      expect(left.map(({ id }) => id)).toEqual(['ZA/new/seller', 'ZA/same/seller', 'US/old/seller']);
      expect(await records.count('inventory', { accountId: other })).toBe(1);
    });
  });

  onAnyBackend((rig) => {
    it('leaves the records of a platform’s own sink to the platform', async () => {
      const sink = { write: async () => ({ inserted: 0, updated: 0, unchanged: 0 }) };
      const queue = rig().queue(
        async (ctx) => ctx.prune({ kind: 'inventory', olderThan: 'z', matches: () => true }),
        { sink },
      );
      const { jobId } = await queue.add('test.work', { accountId: account, payload: { n: 1 } });
      await queue.start();
      expect(await queue.waitFor(jobId)).toBe(0);
    });
  });
});
