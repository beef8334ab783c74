import { openBackend } from '@fluxori/backend';
import type { MarketplaceId } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import type { Change } from './change.js';
import { ChangeBox, changeNetMs } from './change-box.js';

const changeOf = (order: string): Change => ({
  ...{ order, sku: `SKU-${order}`, marketplaceId: 'AE08WJ6YKNBMC' as MarketplaceId, field: 'price' },
  ...{ patch: { op: 'merge', path: '/attributes/x', value: [] }, priority: 5 },
});

async function start() {
  let now = 0;
  const { keyValues } = await openBackend('memory:');
  const config = { accountId: 'acme-za', sellerId: 'A2EXAMPLE', region: 'eu' };
  const box = new ChangeBox(
    { config, clock: { now: () => now, sleep: async () => {} } } as never,
    { keyValues, locks: {}, productTypes: {}, feeds: {} } as never,
  );
  let summons = 0;
  const bring = (order: string) =>
    box.bring(changeOf(order), async () => {
      summons += 1;
    });
  return {
    ...{ box, bring, later: (ms: number) => (now += ms), summons: () => summons },
    segments: async () => (await keyValues.keys('sp-api/changes/')).filter((key) => key.includes('/inbox/')),
  };
}

describe('a change that nobody may take on', () => {
  it('lies in the inbox once, however long it waits, and summons each time its job looks after it', async () => {
    const { bring, later, segments, summons } = await start();
    const first = await Promise.all(['1', '2'].map(bring));
    for (let times = 1; times <= 3; times++) {
      later(changeNetMs);
      expect(await Promise.all(['1', '2'].map(bring))).toEqual(first);
      expect(summons()).toBe(1 + times);
    }
    expect(await segments()).toHaveLength(1);
  });

  it('is written again when it lies there no more and has come to nothing', async () => {
    const { box, bring, later, segments } = await start();
    const [key = ''] = (await bring('1').then(segments)) as string[];
    await box.inbox.remove([key.slice(key.lastIndexOf('/') + 1)]);
    later(changeNetMs);
    expect(await bring('1')).toMatchObject({ state: 'waiting' });
    expect(await segments()).toHaveLength(1);
  });
});
