import { type Sku, sku } from '@fluxori/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { outboundCreate } from '../jobs/outbound-create.js';
import type { NewOutboundOrder } from './outbound-order.js';

let open: Sandboxed;
/** Goods with Amazon, and how many there are. */
let goods: Sku;
let numbers = 0;

beforeAll(async () => {
  open = await connectToSandbox({
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, settleMs: 0, orders: 0, skus: 30 },
  });
  for await (const level of open.connector.inventory.list({ fulfilledBy: 'marketplace' })) {
    if ((level.available ?? 0) >= 150) goods = level.sku;
  }
  expect(goods).toBeDefined();
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await open.sandbox.faults.clear();
  open.sandbox.resetCounters();
});

const outbound = () => open.connector.outbound;
const requests = (operationId: string) =>
  open.sandbox.counters().operations[`fulfillmentOutbound@2020-07-01.${operationId}`]?.requests ?? 0;

const shipTo = {
  name: 'Thandi Nkosi',
  lines: ['12 Loop Street', 'Unit 4'],
  city: 'Cape Town',
  postalCode: '8001',
  countryCode: 'ZA',
};

function order(more: Partial<NewOutboundOrder> = {}): NewOutboundOrder {
  return {
    outboundOrderId: `web-${++numbers}`,
    placedAt: '2026-11-20T08:00:00+02:00',
    comment: 'Thank you!',
    speed: 'Standard',
    shipTo,
    items: [{ sku: goods, quantity: 2 }],
    ...more,
  };
}

async function stock(): Promise<number> {
  const query = { fulfilledBy: 'marketplace', skus: [goods] } as const;
  const { items } = await open.connector.inventory.page(query);
  return items[0]?.available ?? 0;
}

/** As in Amazon's own sandbox: the test says how far an order is. */
async function move(id: string, fulfillmentOrderStatus: string): Promise<void> {
  await open.connector.api('fulfillmentOutbound', '2020-07-01').submitFulfillmentOrderStatusUpdate({
    sellerFulfillmentOrderId: id,
    body: { fulfillmentOrderStatus },
  });
}

describe('an outbound order', () => {
  it('takes its goods from the stock, and gives them back when it is cancelled', async () => {
    const before = await stock();
    const wanted = order();
    await outbound().create(wanted);
    expect(await stock()).toBe(before - 2);
    expect(await outbound().get(wanted.outboundOrderId)).toMatchObject({
      accountId: 'acme-za',
      marketplaceId: 'AE08WJ6YKNBMC',
      status: 'received',
      platformStatus: 'Received',
      held: false,
      items: [{ itemId: '1', sku: goods, quantity: 2, cancelled: 0, unfulfillable: 0 }],
      shipments: [],
    });
    await outbound().cancel(wanted.outboundOrderId);
    expect(await stock()).toBe(before);
    expect(await outbound().get(wanted.outboundOrderId)).toMatchObject({ status: 'cancelled' });
  });

  it('tells its recipient only when asked', async () => {
    const wanted = order();
    await outbound().create(wanted);
    const id = wanted.outboundOrderId;
    expect(JSON.stringify(await outbound().get(id))).not.toMatch(/Thandi|Loop Street/);
    expect(await outbound().get(id, { includeRecipient: true })).toMatchObject({ shipTo });
  });

  it('that is held waits until it is released', async () => {
    const held = order({ hold: true });
    await outbound().create(held);
    expect(await outbound().get(held.outboundOrderId)).toMatchObject({ held: true });
    await outbound().update(held.outboundOrderId, { release: true, comment: 'At last.' });
    expect(await outbound().get(held.outboundOrderId)).toMatchObject({ held: false });
  });

  it('that was sent has parcels that can be followed, and goods that may come back', async () => {
    const wanted = order();
    const id = wanted.outboundOrderId;
    await outbound().create(wanted);
    await move(id, 'Complete');
    const { shipments } = await outbound().get(id);
    const [shipment] = shipments;
    const [parcel] = shipment?.packages ?? [];
    const tracking = await outbound().tracking(parcel?.packageNumber as number);
    expect(tracking).toMatchObject({ trackingNumber: parcel?.trackingNumber, status: 'IN_TRANSIT' });
    expect(JSON.stringify(tracking)).not.toMatch(/Thandi|shipTo/);
    const [reason] = await outbound().returns.reasons(goods);
    const wish = { itemId: '1', shipmentId: shipment?.shipmentId as string };
    const result = await outbound().returns.create(id, [
      { ...wish, returnItemId: 'back-1', reasonCode: reason?.code as string },
      { ...wish, returnItemId: 'back-2', reasonCode: 'NoSuchReason' },
    ]);
    expect(result).toMatchObject({
      accepted: [{ returnItemId: 'back-1', itemId: '1', status: 'New' }],
      refused: [{ returnItemId: 'back-2', code: 'InvalidValues' }],
    });
    await expect(outbound().cancel(id)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('is priced beforehand, at each speed, and says what is short', async () => {
    const previews = await outbound().preview({ shipTo, items: [{ sku: goods, quantity: 3 }] });
    expect(previews.map(({ speed }) => speed)).toEqual(['Standard', 'Expedited', 'Priority']);
    expect(previews[0]).toMatchObject({
      fulfillable: true,
      fees: [{ type: 'FBAPerUnitFulfillmentFee', amount: { currency: 'ZAR' } }],
    });
    const tooMany = { sku: goods, quantity: (await stock()) + 1 };
    const [short] = await outbound().preview({ shipTo, items: [tooMany], speeds: ['Standard'] });
    expect(short).toMatchObject({
      fulfillable: false,
      hindrances: ['INVENTORY_UNAVAILABLE'],
      unfulfillableItems: [{ itemId: '1', sku: goods, hindrances: ['INVENTORY_UNAVAILABLE'] }],
    });
  });

  it('that Amazon does not have is named', async () => {
    await expect(outbound().get('nowhere')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'outboundOrderId',
      message: expect.stringContaining('nowhere'),
    });
    expect(await outbound().find('nowhere')).toBeUndefined();
  });

  it.each<[string, () => Partial<NewOutboundOrder>, string]>([
    ['a number of 41 characters', () => ({ outboundOrderId: 'x'.repeat(41) }), 'outboundOrderId'],
    ['no comment', () => ({ comment: ' ' }), 'comment'],
    ['no items', () => ({ items: [] }), 'items'],
    ['251 units', () => ({ items: [{ sku: goods, quantity: 251 }] }), 'items'],
    ['half a unit', () => ({ items: [{ sku: goods, quantity: 0.5 }] }), 'items[0].quantity'],
    [
      'a line number twice',
      () => ({ items: [1, 2].map(() => ({ sku: goods, quantity: 1, itemId: 'a' })) }),
      'items[1].itemId',
    ],
    ['no recipient', () => ({ shipTo: { ...shipTo, name: '' } }), 'shipTo.name'],
    [
      'four lines of a street',
      () => ({ shipTo: { ...shipTo, lines: ['a', 'b', 'c', 'd'] } }),
      'shipTo.lines',
    ],
    [
      'a country in words',
      () => ({ shipTo: { ...shipTo, countryCode: 'South Africa' } }),
      'shipTo.countryCode',
    ],
    ['a date that is none', () => ({ placedAt: 'yesterday' }), 'placedAt'],
    ['a scheduled delivery without a window', () => ({ speed: 'ScheduledDelivery' }), 'deliveryWindow'],
  ])('with %s is refused before it is sent, without repeating the recipient', async (_, more, field) => {
    const error = await outbound()
      .create(order(more()))
      .catch((caught: Error) => caught);
    expect(error).toMatchObject({ name: 'ValidationError', field, remedy: expect.any(String) });
    expect((error as Error).message).not.toMatch(/Thandi|Loop Street/);
    expect(requests('createFulfillmentOrder')).toBe(0);
  });

  it('is listed, page after page, from any time on', async () => {
    const since = new Date(Date.now() - 1_000);
    for (let n = 0; n < 60; n++) await outbound().create(order({ items: [{ sku: goods, quantity: 1 }] }));
    const seen = new Set<string>();
    for await (const one of outbound().list({ updatedSince: since })) seen.add(one.outboundOrderId);
    expect(seen.size).toBeGreaterThanOrEqual(60);
    const first = await outbound().page({ updatedSince: since });
    expect(first.items).toHaveLength(50);
    const second = await outbound().page({ cursor: first.nextCursor });
    expect(second.items.map((one) => one.outboundOrderId)).not.toContain(first.items[0]?.outboundOrderId);
  });
});

describe('outbound.orders.create', () => {
  const job = () => outboundCreate({ connector: async () => open.connector, timings: { listedAfterMs: 0 } });
  const run = async (wanted: NewOutboundOrder, more: object = {}) =>
    runJob(job(), { backend: open.backend, payload: await outbound().prepare(wanted), ...more });

  it('sends what was prepared, and forgets the recipient', async () => {
    const wanted = order();
    const payload = await outbound().prepare(wanted);
    expect(JSON.stringify(payload)).not.toMatch(/Thandi/);
    const { outboundOrderId } = wanted;
    expect(await run(wanted)).toEqual({ outboundOrderId, outcome: 'sent' });
    await expect(outbound().prepared(outboundOrderId)).rejects.toThrow(/no order .* is prepared/);
    expect(await outbound().get(outboundOrderId)).toMatchObject({ status: 'received' });
  });

  it('makes one order when several jobs are about its number at the same time, and after', async () => {
    const wanted = order();
    const before = await stock();
    const payload = await outbound().prepare(wanted);
    const runs = ['job-1', 'job-2', 'job-3'].map((jobId) =>
      runJob(job(), { backend: open.backend, payload, jobId }),
    );
    const all = (await Promise.all(runs)) as { outcome: string }[];
    expect(all.map(({ outcome }) => outcome).sort()).toEqual(['found', 'found', 'sent']);
    expect(await runJob(job(), { backend: open.backend, payload })).toMatchObject({ outcome: 'found' });
    expect(await stock()).toBe(before - 2);
  });

  it('finds the order when the answer was lost', async () => {
    const wanted = order();
    await open.sandbox.faults.set({
      ...{ kind: 'drop', when: 'after', operation: '*createFulfillmentOrder', count: 1 },
    });
    expect(await run(wanted)).toMatchObject({ outcome: 'found', status: 'received' });
    expect(requests('createFulfillmentOrder')).toBe(1);
  });

  it('sends it again when the connection was cut before Amazon had acted', async () => {
    await open.sandbox.faults.set({
      ...{ kind: 'drop', when: 'before', operation: '*createFulfillmentOrder', count: 1 },
    });
    expect(await run(order())).toMatchObject({ outcome: 'sent' });
    expect(requests('createFulfillmentOrder')).toBe(2);
  });

  it.each([1, 2])('makes one order although the process dies after checkpoint %p', async (at) => {
    const wanted = order();
    const before = await stock();
    let died = false;
    const result = await run(wanted, {
      afterCheckpoint: (n: number) => {
        if (n !== at || died) return;
        died = true;
        throw new Crash();
      },
    });
    expect(died).toBe(true);
    expect(result).toMatchObject({ outboundOrderId: wanted.outboundOrderId });
    expect(await stock()).toBe(before - 2);
  });

  it('makes one order although the process dies before it could record the answer', async () => {
    const wanted = order();
    const before = await stock();
    let died = false;
    const result = await run(wanted, {
      beforeCheckpoint: (n: number) => {
        if (n !== 2 || died) return;
        died = true;
        throw new Crash();
      },
    });
    expect(result).toMatchObject({ outcome: 'found' });
    expect(await stock()).toBe(before - 2);
    expect(requests('createFulfillmentOrder')).toBe(1);
  });

  it('takes the order of another job with the same lines for its own, and no other', async () => {
    const wanted = order();
    await outbound().create(wanted);
    expect(await run(wanted)).toMatchObject({ outcome: 'found' });
    await expect(run({ ...wanted, items: [{ sku: goods, quantity: 3 }] })).rejects.toMatchObject({
      name: 'ValidationError',
      field: 'outboundOrderId',
      message: expect.stringContaining('with other lines'),
    });
    await outbound().forget(wanted.outboundOrderId);
  });

  it('says what it lacks when nothing was prepared, and what Amazon refuses', async () => {
    await expect(
      runJob(job(), { backend: open.backend, payload: { outboundOrderId: 'never' } }),
    ).rejects.toMatchObject({ field: 'outboundOrderId', remedy: expect.stringContaining('prepare') });
    await expect(run(order({ items: [{ sku: sku('NO-SUCH-SKU'), quantity: 1 }] }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('NO-SUCH-SKU'),
    });
  });
});
