import { text } from 'node:stream/consumers';
import type { MarketplaceId } from '@fluxori/core';
import { FolderContentStore } from '@fluxori/documents';
import { describeWith } from '@fluxori/test-services';
import { expect, it } from '@jest/globals';
import { type KillPoint, type Life, WorkflowRig } from '../../testing/workflow-rig.js';
import { type DataKioskRunResult, salesAndTrafficByDate } from '../index.js';

const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

/** `create-` dies just before that step is recorded, when all that led to it was done; `create+` just after. */
const points =
  'create- create+ look- look+ intend- poll- poll+ intend- intend+ poll- look+ keep- keep+ end- end+';
const kills: readonly KillPoint[] = points.split(' ').map((point) => ({
  step: point.slice(0, -1),
  when: point.endsWith('-') ? 'before' : 'after',
}));

describeWith('redis', 'a query whose process dies at each of its steps', () => {
  it('is answered whole all the same, with one createQuery for each page', async () => {
    await using rig = await WorkflowRig.open({
      // Where a process is up soonest; reports and feeds are killed on all of them.
      backend: 'redis',
      sandbox: { orders: 80, dataKiosk: { queueMs: 1, progressMs: 1, pageRows: 6 } },
    });
    const { query } = salesAndTrafficByDate({
      startDate: day(14),
      endDate: day(1),
      marketplaceIds: [rig.sandbox.credentials.marketplaceId as MarketplaceId],
    });
    const payload = { query, maxPages: 2, output: { content: 'days.jsonl', as: 'jsonl' } };
    const lives: Life[] = [];
    for (const kill of [...kills, undefined]) {
      const [life] = await rig.live([{ job: 'datakiosk.run', payload, ...(kill && { kill }) }]);
      lives.push(life as Life);
    }
    expect(lives.slice(0, -1).map(({ killed }) => killed)).toEqual(kills);
    const { result } = lives.at(-1) as { result: unknown };
    expect(result).toMatchObject({ rows: 12, copied: true });
    const { pages } = result as DataKioskRunResult;
    const { created, duplicates } = rig.sandbox.counters().queries;
    expect([pages.length, created, duplicates]).toEqual([2, 2, []]);
    const contents = new FolderContentStore({ folder: rig.contents });
    const rows = (await text(await contents.read('days.jsonl'))).trimEnd().split('\n');
    await contents.close();
    const days = rows.map((row) => (JSON.parse(row) as { startDate: string }).startDate);
    expect(new Set(days).size).toBe(12);
  }, 60_000);
});
