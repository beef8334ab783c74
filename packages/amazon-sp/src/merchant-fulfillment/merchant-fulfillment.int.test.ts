import { gzipSync } from 'node:zlib';
import { money, type Order } from '@fluxori/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { ownOrder } from '../../testing/own-order.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { merchantFulfillmentShip } from '../jobs/merchant-fulfillment-ship.js';
import type { ShipOutcome } from './buy-once.js';
import { labelOf } from './label-content.js';
import type { SenderAddress } from './shipment-request.js';

let open: Sandboxed;

beforeAll(async () => {
  open = await connectToSandbox({
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, settleMs: 0, orders: 0, skus: 20 },
  });
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await open.sandbox.faults.clear();
  open.sandbox.resetCounters();
});

const mfn = () => open.connector.merchantFulfillment;
const bought = () => open.sandbox.counters().operations['merchantFulfillment.createShipment']?.requests ?? 0;

const shipFrom: SenderAddress = {
  ...{ name: 'Acme Trading', lines: ['1 Main Road'], city: 'Cape Town', postalCode: '7925' },
  ...{ countryCode: 'ZA', phone: '+27210000000', email: 'dispatch@acme.example' },
};

/** An order whose goods the seller sends himself, and a parcel with all of them. */
async function parcel() {
  const order = await ownOrder(open, 'UNSHIPPED');
  return { order, ...requestFor(order) };
}

function requestFor(order: Order) {
  const items = order.items.map(({ orderItemId, quantityOrdered }) => ({
    ...{ orderItemId, quantity: quantityOrdered },
  }));
  const sizeCm = { length: 30, width: 20, height: 10 };
  return { orderId: order.orderId, items, shipFrom, sizeCm, weightGrams: 1_500 };
}

describe('offers', () => {
  it('tell what each service costs, and why others do not take the parcel', async () => {
    const { order: _, ...request } = await parcel();
    const { offers, rejected } = await mfn().offers({ ...request, weightGrams: 15_000 });
    expect(offers.map(({ serviceId }) => serviceId)).toEqual(['ZA_ECONOMY', 'ZA_OVERNIGHT']);
    expect(offers[0]).toMatchObject({
      carrier: 'The Courier Guy',
      price: { currency: 'ZAR' },
      needsInputs: false,
    });
    expect(rejected).toEqual([
      expect.objectContaining({ serviceId: 'ZA_LOCKER', code: 'WEIGHT_LIMIT_EXCEEDED' }),
    ]);
  });

  it.each<[string, object, string]>([
    ['no items', { items: [] }, 'items'],
    ['half a unit', { items: [{ orderItemId: '1', quantity: 0.5 }] }, 'items[0].quantity'],
    ['neither measures nor a box', { sizeCm: undefined }, 'sizeCm'],
    ['no weight', { weightGrams: 0 }, 'weightGrams'],
    ['a sender without a phone', { shipFrom: { ...shipFrom, phone: '' } }, 'shipFrom.phone'],
    ['a date that is none', { arriveBy: 'soon' }, 'arriveBy'],
  ])('are not asked for with %s', async (_, more, field) => {
    const { order: __, ...request } = await parcel();
    await expect(mfn().offers({ ...request, ...more })).rejects.toMatchObject({
      name: 'ValidationError',
      field,
    });
  });
});

describe('a label', () => {
  it('is bought, printed as often as it is asked for, and given back', async () => {
    const { order, ...request } = await parcel();
    const shipment = await mfn().buy({ ...request, serviceId: 'ZA_ECONOMY' });
    expect(shipment).toMatchObject({
      orderId: order.orderId,
      status: 'purchased',
      carrier: 'The Courier Guy',
      price: { amount: '87', currency: 'ZAR' },
      trackingNumber: expect.stringMatching(/^TRK/),
    });
    const [person] = open.sandbox.personalData().filter((one) => one.orderId === order.orderId);
    for (const value of person?.values ?? []) expect(JSON.stringify(shipment)).not.toContain(value);
    const label = await mfn().label(shipment.shipmentId);
    expect(label).toMatchObject({ contentType: 'application/pdf', size: { unit: 'centimeters' } });
    expect(Buffer.from(label.bytes).toString()).toMatch(/^%PDF-1\.4/);
    expect(await mfn().cancel(shipment.shipmentId)).toMatchObject({ status: 'refund-pending' });
    await expect(mfn().label(shipment.shipmentId)).rejects.toMatchObject({ code: 'DOCUMENT_NOT_FOUND' });
  });

  it('is fetched with a restricted data token', async () => {
    const { order: _, ...request } = await parcel();
    const { shipmentId } = await mfn().buy({ ...request, serviceId: 'ZA_ECONOMY' });
    await mfn().get(shipmentId);
    const asked = open.sandbox.counters().distinct.filter(({ operation }) => operation.endsWith('Shipment'));
    expect(asked.map(({ operation, auth }) => `${operation} ${auth}`).sort()).toEqual([
      'merchantFulfillment.createShipment rdt',
      'merchantFulfillment.getShipment rdt',
    ]);
  });

  it('of a shipment that does not exist is named', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    await expect(mfn().label(id)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'shipmentId',
      message: expect.stringContaining(id),
    });
  });

  it.each([
    ['cannot be unpacked', gzipSync('a label').subarray(0, 15).toString('base64'), 'any'],
    ['is not the one that its checksum belongs to', Buffer.from('a label').toString('base64'), 'bm90IGl0'],
  ])('that %s is refused', (text, Contents, Checksum) => {
    const shipment = {
      ShipmentId: 'one',
      Label: {
        Dimensions: { Length: 1, Width: 1, Unit: 'inches' },
        FileContents: { Contents, Checksum, FileType: 'application/pdf' },
      },
    } as Parameters<typeof labelOf>[0];
    expect(() => labelOf(shipment, 'acme-za')).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_DAMAGED', message: expect.stringContaining(text) }),
    );
  });
});

describe('merchantFulfillment.ship', () => {
  const job = () =>
    merchantFulfillmentShip({ connector: async () => open.connector, timings: { listedAfterMs: 0 } });
  const run = (payload: object, more: object = {}) =>
    runJob(job(), { backend: open.backend, payload, ...more }) as Promise<ShipOutcome>;

  async function payload(more: object = {}) {
    const { order: _, ...request } = await parcel();
    return { ...request, packageId: '1', choose: { by: 'cheapest' }, ...more };
  }

  /** The next purchase: its answer is lost, or it fails at Amazon before anything was done. */
  const lose = (when: 'before' | 'after') =>
    open.sandbox.faults.set({ kind: 'drop', when, operation: '*createShipment', count: 1 });
  const fail = () =>
    open.sandbox.faults.set({ kind: 'error', status: 500, operation: '*createShipment', count: 1 });

  it('buys the cheapest label, and only once for a parcel', async () => {
    const wish = await payload();
    const first = await run(wish);
    expect(first).toMatchObject({
      outcome: 'bought',
      carrier: 'The Courier Guy',
      price: { currency: 'ZAR' },
    });
    expect(await run(wish)).toEqual({
      ...{ outcome: 'found', shipmentId: first.shipmentId, trackingNumber: first.trackingNumber },
    });
    expect(bought()).toBe(1);
  });

  it.each([
    [{ by: 'fastest' }, 'Overnight'],
    [{ by: 'cheapest', carriers: ['PUDO', 'Aramex'] }, 'Locker to door'],
    [{ serviceId: 'ZA_OVERNIGHT' }, 'Overnight'],
  ])('chooses by %j', async (choose, service) => {
    expect(await run(await payload({ choose }))).toMatchObject({ service });
  });

  it('buys nothing that is too dear or not to be had, and says what there is; another job may then', async () => {
    const wish = await payload();
    await expect(run({ ...wish, maxPrice: money('50.00', 'ZAR') })).rejects.toMatchObject({
      name: 'ValidationError',
      field: 'maxPrice',
      message: expect.stringMatching(/costs 87 ZAR, which is more than 50.00/),
    });
    await expect(
      run({ ...wish, choose: { serviceId: 'ZA_LOCKER' }, weightGrams: 12_000 }),
    ).rejects.toMatchObject({
      field: 'choose',
      message: expect.stringContaining('WEIGHT_LIMIT_EXCEEDED'),
      remedy: expect.stringContaining('ZA_ECONOMY'),
    });
    expect(bought()).toBe(0);
    expect(await run(wish)).toMatchObject({ outcome: 'bought' });
  });

  it('finds the parcel on the order when the answer was lost, and does not buy again', async () => {
    await lose('after');
    const wish = await payload();
    const outcome = await run(wish);
    expect(outcome).toMatchObject({
      outcome: 'found-on-order',
      trackingNumber: expect.stringMatching(/^TRK/),
    });
    expect(outcome.shipmentId).toBeUndefined();
    expect(await run(wish)).toMatchObject({ outcome: 'found', trackingNumber: outcome.trackingNumber });
    expect(bought()).toBe(1);
  });

  it.each([
    ['the connection was cut', () => lose('before')],
    ['Amazon failed', fail],
  ])(
    'tells an unknown outcome as unknown when %s, and buys again only on a person’s word',
    async (_, trouble) => {
      await trouble();
      const wish = await payload();
      await expect(run(wish)).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        retryable: false,
        message: expect.stringContaining(wish.orderId),
        remedy: expect.stringContaining('buyAgain'),
      });
      const another = merchantFulfillmentShip({
        connector: async () => open.connector,
        timings: { listedAfterMs: 0 },
      });
      await expect(asJob(another, 'job-2', wish)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      expect(bought()).toBe(1);
      expect(await asJob(another, 'job-3', { ...wish, buyAgain: true })).toMatchObject({ outcome: 'bought' });
      expect(bought()).toBe(2);
    },
  );

  it.each([1, 2, 3])('buys one label although the process dies after checkpoint %p', async (at) => {
    let died = false;
    const outcome = await run(await payload(), {
      afterCheckpoint: (n: number) => {
        if (n !== at || died) return;
        died = true;
        throw new Crash();
      },
    }).catch((error: { code?: string }) => error.code);
    expect(died).toBe(true);
    // Between "about to buy" and the request, nobody can tell from outside that it never left.
    if (at === 2) expect(outcome).toBe('OUTCOME_UNKNOWN');
    else expect(outcome).toMatchObject({ outcome: 'bought' });
    expect(bought()).toBe(at === 2 ? 0 : 1);
  });

  it('buys one label although the process dies before it could record the answer', async () => {
    let died = false;
    const outcome = await run(await payload(), {
      beforeCheckpoint: (n: number) => {
        if (n !== 3 || died) return;
        died = true;
        throw new Crash();
      },
    });
    expect(outcome).toMatchObject({ outcome: 'found-on-order' });
    expect(bought()).toBe(1);
  });

  it('of two jobs for one parcel at the same time buys one label', async () => {
    const wish = await payload();
    const results = await Promise.allSettled(['job-a', 'job-b'].map((id) => asJob(job(), id, wish)));
    expect(bought()).toBe(1);
    const outcomes = results.map((one) => (one.status === 'fulfilled' ? 'done' : one.reason.code));
    expect(outcomes).toContain('done');
  });

  it('run anew without its record after it had sent does not take its own intent for a new one', async () => {
    const wish = await payload();
    let sent = false;
    const forgetful = { beforeCheckpoint: (n: number) => n === 3 && gone() };
    const gone = () => {
      sent = true;
      throw new Error('the store is gone');
    };
    await expect(run(wish, forgetful)).rejects.toThrow('the store is gone');
    expect(sent).toBe(true);
    await expect(run(wish)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(bought()).toBe(1);
  });

  it.each([
    [{ packageId: '' }, /packageId|number of the parcel/],
    [{ choose: { by: 'luck' } }, /choose|cheapest/],
    [{ items: [] }, /at least one item/],
  ])('refuses %j', async (more, text) => {
    expect(() => job().payload.parse({ orderId: '902-1234567-1234567', ...more })).toThrow(text);
  });

  /** Runs a job under another id than `runJob` gives it. */
  function asJob(definition: ReturnType<typeof merchantFulfillmentShip>, jobId: string, wish: object) {
    const renamed = {
      ...definition,
      run: (ctx: Parameters<typeof definition.run>[0]) => definition.run({ ...ctx, jobId }),
    };
    return runJob(renamed, { backend: open.backend, payload: wish });
  }
});
