import { accountId, type ErasedOrder, ManualClock, noAudit, orderId } from '@fluxori/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FluxoriBackend } from '../fluxori-backend.js';
import { openBackend } from '../open-backend.js';
import { generateSealKey, sealKeysFrom } from '../secrets/seal-keys.js';
import { Sealer } from '../secrets/sealer.js';
import { order } from '../testing/personal-order.js';
import { ErasedOrders } from './erased-orders.js';
import { ProtectedRecordStore } from './protected-record-store.js';
import { RecordsHolder } from './records-holder.js';

const account = accountId('acme-za');
const one: ErasedOrder = { accountId: account, orderId: orderId('902-1') };
const batch = { accountId: account, records: [order(account, '902-1'), order(account, '902-2')] };

describe('An import that is on its way during an erasure', () => {
  const sealer = new Sealer(sealKeysFrom(generateSealKey()));
  const clock = new ManualClock(Date.parse('2026-11-10T00:00:00Z'));
  let backend: FluxoriBackend;
  let holder: RecordsHolder;
  let erased: ErasedOrders;

  beforeAll(async () => {
    backend = await openBackend('memory:');
  });
  afterAll(() => backend.close());
  beforeEach(async () => {
    await backend.records.delete('order', account, ['902-1', '902-2']);
    for (const key of await backend.keyValues.keys('')) await backend.keyValues.delete(key);
    erased = new ErasedOrders(backend.keyValues);
    const { locks, records: store } = backend;
    holder = new RecordsHolder({ store, locks, erased, clock, sealing: sealer });
  });

  const storeWith = (parts: { seal?: (text: string) => Promise<string>; erased: ErasedOrders }) =>
    new ProtectedRecordStore({
      ...{ store: backend.records, audit: noAudit, clock, erased: parts.erased },
      sealing: { open: (text) => sealer.open(text), seal: parts.seal ?? ((text) => sealer.seal(text)) },
    });
  const kept = async () =>
    (await backend.records.list('order', { accountId: account }))
      .filter((value) => 'sealed' in value)
      .map((value) => value.orderId);

  it('does not bring the person back', async () => {
    // After it has looked who was erased, and before it writes.
    const seal = async (text: string) => {
      await holder.erase({ accountIds: [account], orders: [one] });
      return sealer.seal(text);
    };
    await storeWith({ seal, erased }).write(batch);
    expect(await kept()).toEqual(['902-2']);
  });

  it('and died after its writing is made good by the sweep', async () => {
    await holder.erase({ accountIds: [account], orders: [one] });
    const unseen = { among: async () => new Set<string>() } as unknown as ErasedOrders;
    await storeWith({ erased: unseen }).write(batch);
    expect((await kept()).sort()).toEqual(['902-1', '902-2']);
    expect(await holder.sweep()).toMatchObject({ deleted: { shipTo: 1, buyer: 1 } });
    expect(await kept()).toEqual(['902-2']);
  });
});
