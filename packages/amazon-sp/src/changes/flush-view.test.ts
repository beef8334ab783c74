import { openBackend } from '@fluxori/backend';
import type { MarketplaceId } from '@fluxori/core';
import { expect, it } from '@jest/globals';
import type { Change } from './change.js';
import { ChangeInbox } from './change-inbox.js';
import { ChangeLedger } from './change-ledger.js';
import { FlushWatch } from './flush-view.js';

const change: Change = {
  ...{ order: '1', sku: 'SKU-1', marketplaceId: 'AE08WJ6YKNBMC' as MarketplaceId, field: 'price' },
  ...{ patch: { op: 'merge', path: '/attributes/x', value: [] }, priority: 5 },
};

it('jobs whose changes came to something are told of until they were woken, and then no more', async () => {
  await using backend = await openBackend('memory:');
  const inbox = new ChangeInbox(backend.keyValues, 'here/');
  const ledger = new ChangeLedger(backend.keyValues, 'here/');
  const watch = new FlushWatch({ inbox, ledger, batches: { ids: async () => [] } } as never);
  const segment = await inbox.put([change]);

  expect((await watch.look()).wake).toEqual([]);
  watch.woken();
  await ledger.settle([{ change, outcome: { status: 'accepted', way: 'patch', issues: [] } }]);
  watch.forget([change]);
  expect((await watch.look()).wake).toEqual([segment]);
  // The store was away just then, and the look is made once more.
  expect((await watch.look()).wake).toEqual([segment]);
  watch.woken();
  expect((await watch.look()).wake).toEqual([]);
});
