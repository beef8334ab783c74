import { type Paged, type Sku, sku } from '@fluxori/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { type Recorder, startRecorder } from '../../testing/recorder.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { type InboundImportResult, inboundImport } from '../jobs/inbound-import.js';
import { inboundPlansCreate } from '../jobs/inbound-plans-create.js';
import type { PlanOutcome } from './create-plan-once.js';
import type { SettleOptions } from './inbound-client.js';
import type { NewInboundPlan } from './inbound-plan.js';

const pace = { firstPollMs: 20, longestPollMs: 20 };
let open: Sandboxed;
/** Goods that Amazon ships. */
let goods: Sku[];

beforeAll(async () => {
  open = await connectToSandbox({
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, settleMs: 0, orders: 0, skus: 20, inbound: { operationMs: 30 } },
  });
  goods = (await all(open.connector.inventory.list({ fulfilledBy: 'marketplace' }))).map((one) => one.sku);
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await open.sandbox.faults.clear();
  open.sandbox.resetCounters();
});

const inbound = () => open.connector.inbound;
const requests = (operationId: string) =>
  open.sandbox.counters().operations[`fulfillmentInbound.${operationId}`]?.requests ?? 0;
const done = (operation: { operationId: string }) => inbound().settled(operation, { timings: pace });

async function all<T>(list: Paged<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

const source = {
  ...{ name: 'Acme Trading', lines: ['1 Main Road'], city: 'Cape Town', postalCode: '7925' },
  ...{ countryCode: 'ZA', phone: '+27210000000' },
};

function plan(more: Partial<NewInboundPlan> = {}): NewInboundPlan {
  const owners = { labelOwner: 'SELLER', prepOwner: 'NONE' } as const;
  return { source, items: [{ sku: goods[0] as Sku, quantity: 10, ...owners }], ...more };
}

async function newPlan(more: Partial<NewInboundPlan> = {}): Promise<string> {
  const begun = await inbound().plans.create(plan(more));
  await done(begun);
  return begun.planId;
}

/** A plan whose goods are ready to be sent, split over two warehouses. */
async function readyPlan() {
  const planId = await newPlan();
  await done(await inbound().placement.generate(planId));
  const option = (await all(inbound().placement.list(planId))).find(({ fees }) => fees.length === 0);
  const placementOptionId = option?.placementOptionId as string;
  await done(await inbound().placement.confirm(planId, placementOptionId));
  const shipmentIds = option?.shipmentIds ?? [];
  await done(
    await inbound().transportation.generate(planId, {
      placementOptionId,
      shipmentTransportationConfigurations: shipmentIds.map((shipmentId) => ({
        ...{ shipmentId, readyToShipWindow: { start: '2026-12-01T08:00:00Z' } },
      })),
    }),
  );
  const offers = await all(inbound().transportation.list(planId, { placementOptionId }));
  const byPartner = offers.filter(({ shippingSolution }) => shippingSolution === 'AMAZON_PARTNERED_CARRIER');
  return { planId, shipmentIds, offers, byPartner };
}

describe('an inbound plan', () => {
  it('goes the whole way, each step awaited until Amazon has done it', async () => {
    const planId = await newPlan({ name: 'December' });
    expect(await inbound().plans.get(planId)).toMatchObject({
      name: 'December',
      status: 'ACTIVE',
      shipments: [],
    });

    await done(await inbound().packing.generate(planId));
    const [packing] = await all(inbound().packing.list(planId));
    await done(await inbound().packing.confirm(planId, packing?.packingOptionId as string));
    const packingGroupId = packing?.packingGroups[0] as string;
    const items = await all(inbound().packing.items(planId, packingGroupId));
    expect(items).toMatchObject([{ sku: goods[0], quantity: 10 }]);
    await done(await inbound().packing.setBoxes(planId, [{ packingGroupId, boxes: [box(2, 5)] }]));
    expect(await all(inbound().packing.boxes(planId, packingGroupId))).toMatchObject([{ quantity: 2 }]);

    await done(await inbound().placement.generate(planId));
    const [whole] = await all(inbound().placement.list(planId));
    await done(await inbound().placement.confirm(planId, whole?.placementOptionId as string));
    const [shipmentId] = whole?.shipmentIds ?? [];
    const shipment = await inbound().shipments.get(planId, shipmentId as string);
    expect(shipment).toMatchObject({
      accountId: 'acme-za',
      marketplaceIds: ['AE08WJ6YKNBMC'],
      planId,
      status: 'planned',
      platformStatus: 'WORKING',
      warehouseId: 'JNB1',
      labelId: expect.stringMatching(/^FBA/),
      items: [{ sku: goods[0], quantity: 10, productId: expect.any(String) }],
    });
    expect(JSON.stringify(shipment)).not.toContain('Main Road');
  });

  it('whose boxes hold something else fails with what Amazon has against it', async () => {
    const planId = await newPlan();
    await done(await inbound().packing.generate(planId));
    const [packing] = await all(inbound().packing.list(planId));
    const packingGroupId = packing?.packingGroups[0] as string;
    const set = await inbound().packing.setBoxes(planId, [{ packingGroupId, boxes: [box(1, 3)] }]);
    await expect(done(set)).rejects.toMatchObject({
      name: 'ValidationError',
      operation: 'fulfillmentInbound.setPackingInformation',
      problems: [expect.stringContaining('FBA_INB_0313')],
      details: { operationId: set.operationId, remoteCode: 'FBA_INB_0313' },
    });
  });

  it('is carried by a partner, or by the seller’s own carrier within a delivery window', async () => {
    const { planId, offers, shipmentIds } = await readyPlan();
    const own = offers.filter(({ shippingSolution }) => shippingSolution === 'USE_YOUR_OWN_CARRIER');
    const choice = own.map(({ shipmentId, transportationOptionId }) => ({
      shipmentId,
      transportationOptionId,
    }));
    const refused = inbound().transportation.confirm(planId, choice).then(done);
    await expect(refused).rejects.toThrow(/delivery window is not confirmed/);
    for (const shipmentId of shipmentIds) {
      await done(await inbound().shipments.generateDeliveryWindows(planId, shipmentId));
      const [window] = await all(inbound().shipments.deliveryWindows(planId, shipmentId));
      await done(
        await inbound().shipments.confirmDeliveryWindow(
          planId,
          shipmentId,
          window?.deliveryWindowOptionId as string,
        ),
      );
    }
    await done(await inbound().transportation.confirm(planId, choice));
    const [first] = shipmentIds as [string];
    expect(await inbound().shipments.get(planId, first)).toMatchObject({
      status: 'ready',
      deliverAfter: expect.any(String),
    });
    await done(await inbound().shipments.setTracking(planId, first, parcelNumbers('TCG-1')));
    expect(await inbound().shipments.get(planId, first)).toMatchObject({
      ...{ status: 'in-transit', trackingNumbers: ['TCG-1'] },
    });
  });

  it('with goods that Amazon does not take is refused when Amazon has judged it', async () => {
    const unknown = { sku: sku('NO-SUCH-SKU'), quantity: 1, labelOwner: 'NONE', prepOwner: 'NONE' } as const;
    const begun = await inbound().plans.create(plan({ items: [unknown] }));
    await expect(done(begun)).rejects.toMatchObject({ problems: [expect.stringContaining('NO-SUCH-SKU')] });
    expect(await inbound().plans.get(begun.planId)).toMatchObject({ status: 'ERRORED' });
  });

  it('can be called off', async () => {
    const planId = await newPlan();
    await done(await inbound().plans.cancel(planId));
    expect(await inbound().plans.get(planId)).toMatchObject({ status: 'VOIDED' });
    await expect(inbound().placement.generate(planId)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('that does not exist is named', async () => {
    const planId = `wf${'0'.repeat(36)}`;
    await expect(inbound().plans.get(planId)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'planId',
      message: expect.stringContaining(planId),
    });
  });

  it.each<[string, () => Partial<NewInboundPlan>, string]>([
    ['no items', () => ({ items: [] }), 'items'],
    ['half a unit', () => ({ items: [{ ...plan().items[0], quantity: 0.5 } as never] }), 'items[0].quantity'],
    ['a name of 41 characters', () => ({ name: 'x'.repeat(41) }), 'name'],
    ['a source without a phone', () => ({ source: { ...source, phone: '' } }), 'source.phone'],
    [
      'a day that is none',
      () => ({ items: [{ ...plan().items[0], expiresOn: 'soon' } as never] }),
      'items[0].expiresOn',
    ],
  ])('with %s is refused before it is sent', async (_, more, field) => {
    await expect(inbound().plans.create(plan(more()))).rejects.toMatchObject({
      name: 'ValidationError',
      field,
    });
    expect(requests('createInboundPlan')).toBe(0);
  });

  it('says what its boxes lack before it is sent', async () => {
    const both = { packingGroupId: 'a', shipmentId: 'b', boxes: [box(1, 1)] };
    await expect(inbound().packing.setBoxes('p', [both])).rejects.toMatchObject({
      field: 'groups[0].packingGroupId',
    });
    const unknown = {
      packingGroupId: 'a',
      boxes: [{ ...box(1, 1), contentInformationSource: 'MANUAL_PROCESS' }],
    };
    await expect(inbound().packing.setBoxes('p', [unknown])).rejects.toMatchObject({
      field: 'groups[0].boxes[0].items',
    });
  });
});

describe('an operation that Amazon takes on', () => {
  const operationId = '189c2a3b-9890-4132-8761-d6d4abc0c8ab';
  let recorder: Recorder;
  /** How often Amazon says that it is still at it. */
  let looksToGo: number;

  beforeAll(async () => {
    recorder = await startRecorder({ config: { limits: { '*': { ratePerSecond: 5_000, burst: 1_000 } } } });
    recorder.answer = () => {
      const operationStatus = looksToGo-- > 0 ? 'IN_PROGRESS' : 'SUCCESS';
      return {
        body: { operation: 'generatePackingOptions', operationId, operationProblems: [], operationStatus },
      };
    };
  });
  afterAll(async () => {
    await recorder?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    recorder.take();
  });

  const settled = (options: SettleOptions) => recorder.connector.inbound.settled({ operationId }, options);

  it('is looked at until it is done', async () => {
    looksToGo = 3;
    const quick = { firstPollMs: 1, longestPollMs: 1 };
    expect(await settled({ timings: quick })).toMatchObject({ status: 'done', problems: [] });
    expect(recorder.take().map(({ path }) => path.split('/').at(-1))).toEqual(Array(4).fill(operationId));
  });

  it('that takes too long is told with its id', async () => {
    looksToGo = 100;
    await expect(settled({ timings: { ...pace, stuckAfterMs: -1 } })).rejects.toMatchObject({
      message: expect.stringContaining('is not done'),
      remedy: expect.stringContaining(operationId),
    });
    expect(recorder.take()).toHaveLength(1);
  });

  it('stops being waited for at once', async () => {
    looksToGo = 100;
    const stop = new AbortController();
    const timings = { firstPollMs: 600_000, longestPollMs: 600_000 };
    const waiting = settled({ timings, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 30);
    await expect(waiting).rejects.toThrow('enough');
  });
});

describe('preparation', () => {
  it('is asked for and said by SKU, also by one with a comma', async () => {
    const [first] = goods as [Sku];
    const prep = { msku: first, prepCategory: 'FRAGILE', prepTypes: ['ITEM_BUBBLEWRAP'] };
    await done(await inbound().setPrepDetails([prep]));
    expect(await inbound().prepDetails([first, sku('a,b')])).toMatchObject([
      { msku: first, prepCategory: 'FRAGILE' },
    ]);
  });

  it('gives labels as links', async () => {
    const labels = {
      labelType: 'STANDARD_FORMAT',
      mskuQuantities: [{ msku: goods[0] as Sku, quantity: 2 }],
    } as const;
    const [link] = await inbound().itemLabels({ ...labels, mskuQuantities: [...labels.mskuQuantities] });
    expect(link).toMatchObject({ uri: expect.stringMatching(/^https:/) });
  });
});

describe('inbound.plans.create', () => {
  const job = () =>
    inboundPlansCreate({ connector: async () => open.connector, timings: { ...pace, listedAfterMs: 0 } });
  const run = (payload: object, more: object = {}) =>
    runJob(job(), { backend: open.backend, payload, ...more }) as Promise<PlanOutcome>;
  const plans = async (name: string) =>
    (await all(inbound().plans.list())).filter((one) => one.name === name).length;

  it('makes a plan, and parks until Amazon has judged it', async () => {
    const outcome = await run(plan({ name: 'one' }));
    expect(outcome).toMatchObject({ outcome: 'created', problems: [] });
    expect(await inbound().plans.get(outcome.planId)).toMatchObject({ status: 'ACTIVE' });
  });

  it('finds the plan when the answer was lost', async () => {
    await open.sandbox.faults.set({ kind: 'drop', when: 'after', operation: '*createInboundPlan', count: 1 });
    expect(await run(plan({ name: 'two' }))).toMatchObject({ outcome: 'found' });
    expect(await plans('two')).toBe(1);
  });

  it('does not take another plan of the same name for it', async () => {
    await newPlan({ name: 'three' });
    await open.sandbox.faults.set({
      kind: 'drop',
      when: 'before',
      operation: '*createInboundPlan',
      count: 1,
    });
    const items = [{ ...plan().items[0], quantity: 7 }];
    expect(await run({ ...plan({ name: 'three' }), items })).toMatchObject({ outcome: 'created' });
    expect(await plans('three')).toBe(2);
  });

  it.each([1, 2, 3])('makes one plan although the process dies after checkpoint %p', async (at) => {
    let died = false;
    const name = `dies ${at}`;
    const outcome = await run(plan({ name }), {
      afterCheckpoint: (n: number) => {
        if (n !== at || died) return;
        died = true;
        throw new Crash();
      },
    });
    expect(died).toBe(true);
    expect(outcome.planId).toHaveLength(38);
    expect(await plans(name)).toBe(1);
  });

  it('fails with what Amazon has against the goods', async () => {
    const items = [{ ...plan().items[0], sku: 'NO-SUCH-SKU' }];
    await expect(run({ ...plan(), items })).rejects.toMatchObject({
      name: 'ValidationError',
      problems: [expect.stringContaining('FBA_INB_0004')],
    });
  });
});

describe('inbound.import', () => {
  const job = () => inboundImport({ connector: async () => open.connector });
  const run = (payload: object = {}, more: object = {}) =>
    runJob(job(), { backend: open.backend, payload, ...more }) as Promise<InboundImportResult>;

  it('brings in the shipments of plans, and looks again at those that are still on their way', async () => {
    const { planId, shipmentIds, byPartner } = await readyPlan();
    await done(
      await inbound().transportation.confirm(
        planId,
        byPartner.map(({ shipmentId, transportationOptionId }) => ({ shipmentId, transportationOptionId })),
      ),
    );
    const first = await run();
    expect(first.open).toBeGreaterThanOrEqual(2);
    const { records } = open.backend;
    const account = open.connector.accountId;
    const [shipmentId] = shipmentIds as [string];
    expect(await records.get('inbound-shipment', account, shipmentId)).toMatchObject({ status: 'ready' });
    // Later than the plan's own change, which is out of reach of the second import.
    await done(await inbound().shipments.setTracking(planId, shipmentId, parcelNumbers('TCG-2')));
    const later = inboundImport({
      connector: async () => open.connector,
      clock: { now: () => Date.now() + 2 * 3_600_000, sleep: async () => {} },
    });
    await runJob(later, { backend: open.backend, payload: {} });
    const third = (await runJob(later, { backend: open.backend, payload: {} })) as InboundImportResult;
    expect(third.plans).toBe(0);
    expect(third.shipments).toBe(first.open);
    expect(await records.get('inbound-shipment', account, shipmentId)).toMatchObject({
      ...{ status: 'in-transit', trackingNumbers: ['TCG-2'] },
    });
  });

  it('lists all pages, and goes on where it died', async () => {
    for (let n = 0; n < 35; n++) await inbound().plans.create(plan({ name: `page ${n}` }));
    let died = 0;
    const result = await run(
      { restart: true },
      {
        afterCheckpoint: (n: number) => {
          if (![3, 20, 50].includes(n)) return;
          died += 1;
          throw new Crash();
        },
      },
    );
    expect(died).toBe(3);
    expect(result.plans).toBeGreaterThanOrEqual(35);
    expect(requests('listInboundPlans')).toBe(Math.ceil(result.plans / 30));
  });
});

function box(quantity: number, unitsInEach: number) {
  const owners = { labelOwner: 'SELLER', prepOwner: 'NONE' };
  return {
    contentInformationSource: 'BOX_CONTENT_PROVIDED',
    quantity,
    dimensions: { length: 30, width: 20, height: 10, unitOfMeasurement: 'CM' },
    weight: { unit: 'KG', value: 4 },
    items: [{ msku: goods[0] as Sku, quantity: unitsInEach, ...owners }],
  };
}

function parcelNumbers(trackingId: string) {
  return { spdTrackingDetail: { spdTrackingItems: [{ boxId: 'FBA1U000001', trackingId }] } };
}
