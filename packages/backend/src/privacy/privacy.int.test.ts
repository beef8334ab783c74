import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountId, ManualClock, type Order, orderId, PrivacyDesk, Secret } from '@fluxori/core';
import { describeWith, freshPlace, preparedDataFolder } from '@fluxori/test-services';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FluxoriBackend } from '../fluxori-backend.js';
import { openBackend } from '../open-backend.js';
import { generateSealKey, sealKeysFrom } from '../secrets/seal-keys.js';
import { Sealer } from '../secrets/sealer.js';
import { email, order, shipTo } from '../testing/personal-order.js';
import { ErasedOrders } from './erased-orders.js';
import { KeyValueAuditTrail } from './key-value-audit-trail.js';
import { ProtectedRecordStore } from './protected-record-store.js';
import { RecordsHolder } from './records-holder.js';

const dayMs = 86_400_000;
const mine = accountId('acme-za');
const theirs = accountId('other-za');

function suite(url: () => string): void {
  let backend: FluxoriBackend;
  let sealer: Sealer;
  let clock: ManualClock;
  let audit: KeyValueAuditTrail;
  let records: ProtectedRecordStore;
  let holder: RecordsHolder;
  let desk: PrivacyDesk;

  beforeAll(async () => {
    backend = await openBackend(url());
  });
  afterAll(() => backend?.close());
  beforeEach(async () => {
    sealer = new Sealer(sealKeysFrom(generateSealKey()));
    clock = new ManualClock(Date.parse('2026-11-10T00:00:00Z'));
    for (const account of [mine, theirs]) {
      const there = await backend.records.walk('order', { accountId: account, limit: 1_000 });
      await backend.records.delete(
        'order',
        account,
        there.map(({ id }) => id),
      );
    }
    for (const key of await backend.keyValues.keys('privacy/')) await backend.keyValues.delete(key);
    const erased = new ErasedOrders(backend.keyValues);
    const parts = { store: backend.records, sealing: sealer, erased, clock, locks: backend.locks };
    audit = new KeyValueAuditTrail({ keyValues: backend.keyValues, actor: 'a test', clock });
    records = new ProtectedRecordStore({ ...parts, audit });
    holder = new RecordsHolder(parts);
    desk = new PrivacyDesk({ holders: [holder], findOrders: (...args) => holder.find(...args), audit });
  });

  const raw = async (account = mine) =>
    JSON.stringify(await backend.records.list('order', { accountId: account, limit: 1_000 }));
  const person = /Naledi|Proteaalaan|Durban|\+27 82|naledi\.k/;

  it('lies sealed, is left out when nobody asks for it, and comes back whole for who does', async () => {
    const one = order(mine, '902-1');
    expect(await records.write({ accountId: mine, records: [one], state: { mark: 1 } })).toMatchObject({
      inserted: 1,
    });
    expect(await records.readState(mine, 'mark')).toBe(1);
    expect(await raw()).not.toMatch(person);
    expect(await raw()).toContain('"sku":"TEA"');
    const { buyerEmail: _, shipTo: __, ...open } = one.value;
    expect(await records.get('order', mine, '902-1')).toEqual(open);
    expect(await records.list('order', { accountId: mine })).toEqual([open]);
    expect((await records.walk('order', { accountId: mine }))[0]?.value).toEqual(open);
    expect((await records.stored('order', mine, ['902-1']))[0]?.value).toEqual(open);
    expect(await records.get('order', mine, '902-1', { personal: true })).toEqual(one.value);
    expect(await records.list('order', { accountId: mine, personal: true })).toEqual([one.value]);
    expect(await records.get('order', mine, 'none', { personal: true })).toBeUndefined();
  });

  it('is told of in the trail, with the reader, the data and the order, and with nothing personal', async () => {
    await records.write({
      accountId: mine,
      records: [order(mine, '902-1'), order(mine, '902-2', { buyerEmail: undefined as never })],
    });
    await records.list('order', { accountId: mine });
    expect(await audit.list()).toEqual([]);
    await records.get('order', mine, '902-2', { personal: true });
    await clock.advance(1_000);
    await records.list('order', { personal: true });
    const trail = await audit.list();
    expect(trail).toMatchObject([
      { action: 'read', actor: 'a test', accountId: mine, what: ['shipTo', 'buyer'], count: 2 },
      { action: 'read', what: ['shipTo'], subjects: ['902-2'], at: new Date(clock.now() - 1_000) },
    ]);
    expect([...(trail[0]?.subjects ?? [])].sort()).toEqual(['902-1', '902-2']);
    expect(JSON.stringify(trail)).not.toMatch(person);
    expect(await audit.list({ subject: '902-1' })).toHaveLength(1);
    expect(await audit.list({ accountId: theirs })).toEqual([]);
    expect(await audit.list({ until: new Date(clock.now() - 500) })).toHaveLength(1);
    expect(await audit.list({ limit: 1 })).toHaveLength(1);
    expect(await audit.list({ since: new Date(0) })).toEqual(trail);
    expect(await audit.list({ since: new Date(0), until: new Date(1) })).toEqual([]);
  });

  it('is not handed over when the trail cannot be written', async () => {
    const broken = { record: () => Promise.reject(new Error('the trail is full')) };
    const parts = { store: backend.records, sealing: sealer, erased: new ErasedOrders(backend.keyValues) };
    const store = new ProtectedRecordStore({ ...parts, audit: broken, clock });
    await store.write({ accountId: mine, records: [order(mine, '902-1')] });
    await expect(store.get('order', mine, '902-1', { personal: true })).rejects.toThrow('the trail is full');
    expect(await store.get('order', mine, '902-1')).toMatchObject({ orderId: '902-1' });
  });

  it('is not taken without a key, and a damaged or moved seal is not read', async () => {
    const parts = { store: backend.records, audit, erased: new ErasedOrders(backend.keyValues), clock };
    const keyless = new ProtectedRecordStore(parts);
    await expect(keyless.write({ accountId: mine, records: [order(mine, '902-1')] })).rejects.toMatchObject({
      name: 'ConfigurationError',
      field: 'FLUXORI_SEAL_KEY',
    });
    expect(await backend.records.count('order', { accountId: mine })).toBe(0);
    await records.write({ accountId: mine, records: [order(mine, '902-1'), order(mine, '902-2')] });
    await expect(keyless.get('order', mine, '902-1', { personal: true })).rejects.toMatchObject({
      name: 'ConfigurationError',
    });
    const [one, two] = (await backend.records.stored('order', mine, ['902-1', '902-2'])) as unknown as {
      id: string;
      version: string;
      value: Order & { sealed: object };
    }[];
    if (one === undefined || two === undefined) throw new Error('Both were written.');
    await backend.records.replace('order', mine, [
      { ...one, value: { ...one.value, ...{ sealed: two.value.sealed } } },
    ]);
    const moved = await records.get('order', mine, one.id, { personal: true });
    expect(moved).not.toHaveProperty('shipTo');
  });

  it('is erased by order, at one account only, and a later import does not bring it back', async () => {
    await records.write({ accountId: mine, records: [order(mine, '902-1'), order(mine, '902-2')] });
    await records.write({ accountId: theirs, records: [order(theirs, '902-1')] });
    const report = await desk.erase({ orderId: orderId('902-1') }, [mine]);
    expect(report).toMatchObject({
      orderIds: ['902-1'],
      holders: [{ name: 'records', deleted: { shipTo: 1, buyer: 1 } }],
      remaining: [],
    });
    expect(report.beyond.length).toBeGreaterThan(0);
    expect(await records.get('order', mine, '902-1', { personal: true })).toMatchObject({
      status: 'shipped',
    });
    expect(await records.get('order', mine, '902-1', { personal: true })).not.toHaveProperty('shipTo');
    expect(await records.get('order', mine, '902-2', { personal: true })).toMatchObject({ shipTo });
    expect(await records.get('order', theirs, '902-1', { personal: true })).toMatchObject({ shipTo });
    const later = order(mine, '902-1', { updatedAt: '2026-11-09T00:00:00Z', platformStatus: 'LATER' });
    expect(await records.write({ accountId: mine, records: [later] })).toMatchObject({ updated: 1 });
    const now = await records.get('order', mine, '902-1', { personal: true });
    expect(now).toMatchObject({ platformStatus: 'LATER' });
    expect(now).not.toHaveProperty('buyerEmail');
    expect((await desk.erase({ orderId: orderId('902-1') }, [mine])).holders[0]?.deleted).toEqual({
      ...{ shipTo: 0, buyer: 0 },
    });
    const told = await audit.list({ action: 'erased', subject: '902-1' });
    expect(told).toMatchObject([{ what: [] }, { what: ['shipTo', 'buyer'], accountId: mine }]);
  });

  it('is erased before it came, when an order is named that is not there yet', async () => {
    await desk.erase({ orderId: orderId('902-9') }, [mine]);
    await records.write({ accountId: mine, records: [order(mine, '902-9')] });
    expect(await records.get('order', mine, '902-9', { personal: true })).not.toHaveProperty('shipTo');
  });

  it('is erased by the buyer’s address, however it is written, in all orders and at all accounts', async () => {
    await records.write({
      accountId: mine,
      records: [
        order(mine, '902-1', { buyerEmail: 'Naledi.K@Example.co.za' }),
        order(mine, '902-2', { buyerEmail: 'sipho@example.co.za' }),
        ...Array.from({ length: 30 }, (_, at) =>
          order(mine, `903-${at}`, { buyerEmail: `b${at}@example.com` }),
        ),
      ],
    });
    await records.write({ accountId: theirs, records: [order(theirs, '902-3')] });
    const { orderIds } = await desk.erase({ buyerEmail: ` ${email.toUpperCase()} ` }, [mine, theirs]);
    expect([...orderIds].sort()).toEqual(['902-1', '902-3']);
    expect(await records.get('order', mine, '902-1', { personal: true })).not.toHaveProperty('shipTo');
    expect(await records.get('order', mine, '902-2', { personal: true })).toHaveProperty('shipTo');
    const keyless = new RecordsHolder({
      ...{ store: backend.records, locks: backend.locks, erased: new ErasedOrders(backend.keyValues) },
    });
    await expect(keyless.find({ buyerEmail: email }, [mine])).rejects.toMatchObject({
      name: 'ConfigurationError',
    });
    await expect(desk.erase({ buyerEmail: 'nobody' }, [mine])).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  it('ends by itself after its time, group by group, in what is read at once and in the store by the sweep', async () => {
    const retention = { days: { shipTo: 7, buyer: 30 }, openOrderDays: 90 };
    const parts = { store: backend.records, sealing: sealer, clock, retention, locks: backend.locks };
    const erased = new ErasedOrders(backend.keyValues);
    const store = new ProtectedRecordStore({ ...parts, erased, audit });
    const sweeper = new RecordsHolder({ ...parts, erased });
    const fresh = order(mine, '902-2', { updatedAt: '2026-11-09T00:00:00Z' });
    await records.write({ accountId: mine, records: [order(mine, '902-1'), fresh] });
    expect(await store.get('order', mine, '902-1', { personal: true })).toMatchObject({ buyerEmail: email });
    expect(await store.get('order', mine, '902-1', { personal: true })).not.toHaveProperty('shipTo');
    expect(await sweeper.sweep()).toEqual({ deleted: { shipTo: 1, buyer: 0 }, remaining: [] });
    expect(await sweeper.sweep()).toMatchObject({ deleted: { shipTo: 0, buyer: 0 } });
    expect(await records.get('order', mine, '902-1', { personal: true })).not.toHaveProperty('shipTo');
    expect(await records.get('order', mine, '902-2', { personal: true })).toMatchObject({ shipTo });
    await clock.advance(60 * dayMs);
    await desk.sweep();
    expect(await raw()).not.toContain('sealed');
    expect(await audit.list({ action: 'expired' })).toMatchObject([{ count: 3, what: ['shipTo', 'buyer'] }]);
    await store.write({ accountId: mine, records: [order(mine, '902-7')] });
    expect(await raw()).not.toContain('sealed');
  });

  it('that an earlier release wrote in the open is kept from who does not ask, and sealed by the next sweep', async () => {
    await backend.records.write({ accountId: mine, records: [order(mine, '902-1')] });
    expect(await records.get('order', mine, '902-1')).not.toHaveProperty('shipTo');
    const erased = new ErasedOrders(backend.keyValues);
    const keyless = new RecordsHolder({ store: backend.records, locks: backend.locks, erased, clock });
    expect((await keyless.sweep()).remaining).toMatchObject([{ what: expect.stringContaining('1 orders') }]);
    expect((await holder.sweep()).remaining).toEqual([]);
    expect(await raw()).not.toMatch(person);
    expect(await records.get('order', mine, '902-1', { personal: true })).toMatchObject({ shipTo });
  });

  it('is sealed with the new key by the sweep after a rotation, and with the old one gone can still be read', async () => {
    const [before, after] = [generateSealKey().reveal(), generateSealKey().reveal()];
    const erased = new ErasedOrders(backend.keyValues);
    const parts = { store: backend.records, erased, clock };
    const storeWith = (keys: string) =>
      new ProtectedRecordStore({ ...parts, audit, sealing: new Sealer(sealKeysFrom(new Secret(keys))) });
    await storeWith(before).write({ accountId: mine, records: [order(mine, '902-1')] });
    await expect(storeWith(after).get('order', mine, '902-1', { personal: true })).rejects.toMatchObject({
      code: 'SEAL_KEY_WRONG',
    });
    const both = new Sealer(sealKeysFrom(new Secret(`${after},${before}`)));
    const rotating = new RecordsHolder({ ...parts, locks: backend.locks, sealing: both });
    expect(await rotating.sweep()).toEqual({ deleted: { shipTo: 0, buyer: 0 }, remaining: [] });
    const sealed = await raw();
    await rotating.sweep();
    expect(await raw()).toBe(sealed);
    expect(await storeWith(after).get('order', mine, '902-1', { personal: true })).toMatchObject({ shipTo });
  });

  it('is not brought back by a sweep that works at the same time as an erasure', async () => {
    const retention = { days: { shipTo: 7, buyer: 30 }, openOrderDays: 90 };
    const many = Array.from({ length: 120 }, (_, at) => order(mine, `904-${at}`));
    await records.write({ accountId: mine, records: many });
    const parts = { store: backend.records, sealing: sealer, clock, locks: backend.locks };
    const sweeper = new RecordsHolder({ ...parts, retention, erased: new ErasedOrders(backend.keyValues) });
    const [, erased] = await Promise.all([sweeper.sweep(), desk.erase({ buyerEmail: email }, [mine])]);
    expect(erased.orderIds).toHaveLength(120);
    expect(await raw()).not.toContain('sealed');
  });
}

describe('Personal data on memory:', () => suite(() => 'memory:'));

describe('Personal data on pglite:', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fluxori-privacy-'));
    await preparedDataFolder(join(folder, 'data'), openBackend);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  suite(() => `pglite:${folder}/data`);
});

for (const service of ['redis', 'postgres'] as const) {
  describeWith(service, `Personal data on ${service}:`, () => {
    let place: Awaited<ReturnType<typeof freshPlace>>;
    beforeAll(async () => {
      place = await freshPlace(service);
    });
    afterAll(() => place?.remove());
    suite(() => place.url);
  });
}
