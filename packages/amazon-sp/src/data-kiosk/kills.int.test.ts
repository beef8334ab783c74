import { text } from 'node:stream/consumers';
import type { MarketplaceId } from '@fluxori/core';
import { FolderContentStore } from '@fluxori/documents';
import { expect, it } from '@jest/globals';
import {
  describeOnDurableBackends,
  type KillPoint,
  type Life,
  WorkflowRig,
} from '../../testing/workflow-rig.js';
import { type DataKioskRunResult, salesAndTrafficByDate } from '../index.js';

const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);

/** `create-` dies just before that step is recorded, when all that led to it was done; `create+` just after. */
function kills(points: string): readonly KillPoint[] {
  return points.split(' ').map((point) => ({
    step: point.slice(0, -1),
    when: point.endsWith('-') ? 'before' : 'after',
  }));
}

/** Each step, where a process is up soonest; elsewhere between the two pages, with a query that nobody knows of. */
const everywhere = kills('create- create+ look- intend- poll- poll+ intend+ poll- look+ keep- end+');
const between = kills('intend+ poll-');

describeOnDurableBackends('a query whose process dies', (backend) => {
  it('is answered whole all the same, with one createQuery for each page', async () => {
    const points = backend === 'redis' ? everywhere : between;
    await using rig = await WorkflowRig.open({
      backend,
      sandbox: { orders: 400, dataKiosk: { queueMs: 1, progressMs: 1, pageRows: 6 } },
    });
    const { query } = salesAndTrafficByDate({
      startDate: day(14),
      endDate: day(1),
      marketplaceIds: [rig.sandbox.credentials.marketplaceId as MarketplaceId],
    });
    const payload = { query, maxPages: 2, output: { content: 'days.jsonl', as: 'jsonl' } };
    const lives: Life[] = [];
    for (const kill of [...points, undefined]) {
      const [life] = await rig.live([{ job: 'datakiosk.run', payload, ...(kill && { kill }) }]);
      lives.push(life as Life);
    }
    expect(lives.slice(0, -1).map(({ killed }) => killed)).toEqual(points);
    const { result } = lives.at(-1) as { result: unknown };
    expect(result).toMatchObject({ rows: 12, copied: true, more: true });
    const { pages } = result as DataKioskRunResult;
    const { created, duplicates } = rig.sandbox.counters().queries;
    expect([pages.length, created, duplicates]).toEqual([2, 2, []]);
    const contents = new FolderContentStore({ folder: rig.contents });
    const rows = (await text(await contents.read('days.jsonl'))).trimEnd().split('\n');
    await contents.close();
    const days = rows.map((row) => (JSON.parse(row) as { startDate: string }).startDate);
    expect(new Set(days).size).toBe(12);
  }, 180_000);
});
