import { type Order, type ShipmentConfirmation, systemClock } from '@fluxori/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { hastyTimings } from '../../testing/hasty-timings.js';
import { runJob } from '../../testing/run-job.js';
import { feedsSubmit } from '../jobs/feeds-submit.js';
import type { FeedSpec } from './feed-spec.js';
import type { ListingsMessage } from './listings-message.js';
import { orderFulfilmentFeed } from './order-fulfilment-feed.js';

let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

async function start(options: Parameters<typeof connectToSandbox>[0] = {}): Promise<Sandboxed> {
  open = await connectToSandbox({
    config: noWaiting.connector,
    ...options,
    sandbox: {
      ...noWaiting.sandbox,
      ...{ settleMs: 0, orders: 10, skus: 12, feeds: { queueMs: 0, progressMs: 30 } },
      ...options.sandbox,
    },
  });
  return open;
}

const timings = hastyTimings;
const submit = (here: Sandboxed, spec: FeedSpec) => here.connector.feeds.submit(spec, { timings });

async function skusOf({ connector }: Sandboxed): Promise<readonly { sku: string; productType: string }[]> {
  const found: { sku: string; productType: string }[] = [];
  for await (const { sku, productType = 'PRODUCT' } of connector.listings.list())
    found.push({ sku, productType });
  return found;
}

const priced = (sku: string, productType: string, amount: number): ListingsMessage => ({
  ...{ sku, operationType: 'PATCH', productType },
  patches: [
    {
      op: 'merge',
      path: '/attributes/purchasable_offer',
      value: [
        {
          ...{ marketplace_id: 'AE08WJ6YKNBMC', currency: 'ZAR', audience: 'ALL' },
          our_price: [{ schedule: [{ value_with_tax: amount }] }],
        },
      ],
    },
  ],
});

/** A feed of one price. */
async function oneFeed(here: Sandboxed, amount = 41): Promise<FeedSpec> {
  const [first] = await skusOf(here);
  const { sku, productType } = first as { sku: string; productType: string };
  const [part] = here.connector.feeds.build([priced(sku, productType, amount)]);
  return { feedType: 'JSON_LISTINGS_FEED', content: part?.content as Buffer };
}

describe('a listings feed', () => {
  it('is taken, and every message has an outcome: code, SKU, message', async () => {
    const here = await start();
    const [one, two] = await skusOf(here);
    const [run] = await here.connector.feeds.listings(
      [
        priced(one?.sku as string, one?.productType as string, 12.5),
        priced('NO-SUCH-SKU', 'SHOES', 13),
        priced(two?.sku as string, two?.productType as string, -1),
      ],
      { timings },
    );
    expect(run).toMatchObject({
      ending: 'partly-accepted',
      found: false,
      result: {
        feedId: expect.any(String),
        feedType: 'JSON_LISTINGS_FEED',
        status: 'partly-accepted',
        processingStatus: 'DONE',
        resultDocumentId: expect.any(String),
      },
      summary: { processed: 3, accepted: 1, invalid: 2 },
    });
    expect(run?.items.map(({ sku, messageId, status }) => [sku, messageId, status])).toEqual([
      [one?.sku, 1, 'accepted'],
      ['NO-SUCH-SKU', 2, 'error'],
      [two?.sku, 3, 'error'],
    ]);
    expect(run?.items[1]?.issues[0]).toMatchObject({
      code: expect.stringMatching(/./),
      severity: 'error',
      message: expect.stringMatching(/./),
    });
    expect(await here.connector.listings.get(one?.sku as never)).toMatchObject({
      price: { amount: '12.50' },
    });
    const { documents } = here.sandbox.counters();
    expect(documents.withCredentials).toBe(0);
  });

  it('has a result of exactly the fields that ADR-0004 fixes', async () => {
    const here = await start();
    const { result } = await submit(here, await oneFeed(here));
    expect(Object.keys(result).sort()).toEqual([
      ...['feedId', 'feedType', 'processingStatus', 'resultDocumentId', 'status'],
    ]);
  });

  it('is told again later by its id, and is under way before it has ended', async () => {
    const here = await start();
    const { feeds } = here.connector;
    here.sandbox.setOutcome({ of: 'feed', status: 'IN_PROGRESS', skip: 1, count: 1 });
    const { result } = await submit(here, await oneFeed(here));
    expect(await feeds.show(result.feedId)).toMatchObject({
      ...{ result, ending: 'accepted', items: [], summary: { processed: 1, accepted: 1 } },
      createdAt: expect.any(Date),
    });
    const cut = new AbortController();
    const going = feeds.submit(await oneFeed(here, 43), { timings, signal: cut.signal });
    const ended = expect(going).rejects.toThrow();
    while (here.sandbox.counters().feeds.created < 2) await new Promise((go) => setTimeout(go, 10));
    const [latest] = (await here.connector.api('feeds').getFeeds({ feedTypes: ['JSON_LISTINGS_FEED'] }))
      .feeds;
    const view = await feeds.show(latest?.feedId as string);
    expect(view.result.status).toBe('under-way');
    cut.abort();
    await ended;
  });

  it('that breaks off is told so: what became of its messages is not known', async () => {
    const here = await start();
    here.sandbox.setOutcome({ of: 'feed', status: 'FATAL', applied: 'all' });
    const run = await submit(here, await oneFeed(here));
    expect(run).toMatchObject({ ending: 'fatal', result: { processingStatus: 'FATAL' } });
    expect(run.items).toMatchObject([{ status: 'error', issues: [{ code: 'FEED_FATAL' }] }]);
  });

  it('that is cancelled is told so: nothing was applied', async () => {
    const here = await start();
    here.sandbox.setOutcome({ of: 'feed', status: 'CANCELLED' });
    const run = await submit(here, await oneFeed(here));
    expect(run).toMatchObject({ ending: 'cancelled', result: { processingStatus: 'CANCELLED' } });
    expect(run.items).toMatchObject([{ status: 'error', issues: [{ code: 'FEED_CANCELLED' }] }]);
  });

  it('whose job breaks off or is cancelled fails with what to do next', async () => {
    for (const [status, remedy] of [
      ['FATAL', /Look at what it was to change/],
      ['CANCELLED', /Submit it anew/],
    ] as const) {
      const here = await start();
      here.sandbox.setOutcome({ of: 'feed', status });
      const { feedType, content } = await oneFeed(here);
      const job = feedsSubmit({ connector: async () => here.connector, timings });
      const payload = { feedType, content: (content as Buffer).toString() };
      await expect(runJob(job, { backend: here.backend, payload })).rejects.toMatchObject({
        name: 'DocumentError',
        remedy: expect.stringMatching(remedy),
      });
      await here[Symbol.asyncDispose]();
    }
  });

  it('that ended without a report does not count as taken, message by message', async () => {
    const here = await start();
    const spec: FeedSpec = { feedType: 'POST_ORDER_ACKNOWLEDGEMENT_DATA', content: acknowledgement };
    const run = await submit(here, spec);
    expect(run.result).not.toHaveProperty('resultDocumentId');
    expect(run.items).toMatchObject([
      { sku: '902-1111111-1111111', status: 'warning', issues: [{ code: 'FEED_REPORT_MISSING' }] },
    ]);
  });

  it('whose report is damaged says so, and not that all is well', async () => {
    const here = await start();
    here.sandbox.setOutcome({ of: 'feed', status: 'DONE', document: '{"issues": [' });
    await expect(submit(here, await oneFeed(here))).rejects.toMatchObject({
      name: 'DocumentError',
      code: 'DOCUMENT_MALFORMED',
    });
  });

  it('of a type that Amazon has switched off is refused before anything is sent', async () => {
    const here = await start();
    here.sandbox.resetCounters();
    const spec: FeedSpec = { feedType: 'POST_INVENTORY_AVAILABILITY_DATA', content: '<a/>' };
    await expect(submit(here, spec)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringMatching(/switched off.*inventory\.update/),
    });
    expect(here.sandbox.counters().requests).toBe(0);
  });

  it('goes to Amazon however few may be submitted: what the limit refuses is submitted later', async () => {
    const here = await start({
      sandbox: {
        rateLimits: true,
        plans: Object.fromEntries(
          ['createFeed', 'createFeedDocument', 'getFeed', 'getFeeds', 'getFeedDocument'].map((operation) => [
            `feeds.${operation}`,
            { rate: 100, burst: 100 },
          ]),
        ),
        feeds: { queueMs: 0, progressMs: 10, listingsFeeds: { count: 2, windowMs: 1_000 } },
      },
    });
    const specs = await Promise.all([1, 2, 3, 4].map((amount) => oneFeed(here, amount)));
    const runs = await Promise.all(specs.map((spec) => submit(here, spec)));
    expect(runs.map(({ ending }) => ending)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    expect(here.sandbox.counters().feeds).toMatchObject({ created: 4, duplicates: [] });
  });
});

describe('exactly one feed', () => {
  const lost = {
    'the answer to createFeed': [{ kind: 'drop', when: 'after', operation: 'feeds.createFeed', count: 1 }],
    'the answer to createFeed, by a 500': [
      { kind: 'error', status: 500, when: 'after', operation: 'feeds.createFeed', count: 1 },
    ],
    'the request of createFeed': [{ kind: 'drop', when: 'before', operation: 'feeds.createFeed', count: 1 }],
    'the answer to the upload': [{ kind: 'drop', when: 'after', operation: 'documents.put', count: 1 }],
    'the answer to createFeedDocument': [
      { kind: 'drop', when: 'after', operation: 'feeds.createFeedDocument', count: 1 },
    ],
    'several of them': [
      { kind: 'drop', when: 'after', operation: 'documents.put', count: 2 },
      { kind: 'drop', when: 'after', operation: 'feeds.createFeed', count: 1 },
      { kind: 'drop', when: 'after', operation: 'feeds.getFeeds', count: 1 },
      { kind: 'drop', when: 'after', operation: 'feeds.getFeed', count: 1 },
    ],
  } as const;

  it.each(Object.entries(lost))('is made when this is lost: %s', async (_, faults) => {
    const here = await start();
    for (const fault of faults) await here.sandbox.faults.set(fault as never);
    const run = await submit(here, await oneFeed(here));
    expect(run).toMatchObject({ ending: 'accepted', items: [{ status: 'accepted' }] });
    expect(here.sandbox.counters().feeds).toMatchObject({ created: 1, duplicates: [] });
  });

  it('is made for each of two that are submitted at the same time, with the answer to one lost', async () => {
    const here = await start();
    await here.sandbox.faults.set({
      kind: 'drop',
      when: 'after',
      operation: 'feeds.createFeed',
      count: 1,
    });
    const runs = await Promise.all([51, 52].map(async (amount) => submit(here, await oneFeed(here, amount))));
    expect(new Set(runs.map(({ result }) => result.feedId)).size).toBe(2);
    expect(runs.map(({ found }) => found).sort()).toEqual([false, true]);
    expect(here.sandbox.counters().feeds).toMatchObject({ created: 2, duplicates: [] });
  });

  const answerLost = { kind: 'drop', when: 'after', operation: 'feeds.createFeed', count: 1 } as const;

  it('is made when the answer is lost to one that breaks off before its first message', async () => {
    const here = await start();
    await here.sandbox.faults.set(answerLost);
    const items = [{ orderItemId: '1', quantity: 1 }];
    const content = orderFulfilmentFeed(
      [
        {
          ...{ orderId: '902-0000000-0000000' as never, marketplaceId: 'ZA' as never, items },
          ...{ packageId: '1', carrier: 'DHL', trackingNumber: 'T1', shippedAt: '2026-11-01T00:00:00Z' },
        },
      ],
      { sellerId: 'SOMEBODY-ELSE' as never },
    );
    const run = await submit(here, { feedType: 'POST_ORDER_FULFILLMENT_DATA', content });
    expect(run).toMatchObject({ ending: 'fatal', found: true, summary: { processed: 0 } });
    expect(here.sandbox.counters().feeds.created).toBe(1);
  });

  it.each([-3, 3])('is found although our clock is %i hours from Amazon’s', async (hours) => {
    const clock = { ...systemClock, now: () => Date.now() + hours * 3_600_000 };
    const here = await start({ clock });
    await here.sandbox.faults.set(answerLost);
    const run = await submit(here, await oneFeed(here));
    expect(run).toMatchObject({ ending: 'accepted', found: true });
    expect(here.sandbox.counters().feeds).toMatchObject({ created: 1, duplicates: [] });
  });

  it('is not taken for ours when another program made it: its report tells', async () => {
    const here = await start();
    const other = here.connect();
    const spec = await oneFeed(here, 61);
    const skus = await skusOf(here);
    const [theirs] = here.connector.feeds.build(
      skus.slice(0, 3).map(({ sku, productType }) => priced(sku, productType, 62)),
    );
    // Ours never reaches Amazon; at about the same time theirs does.
    await here.sandbox.faults.set({
      kind: 'drop',
      when: 'before',
      operation: 'feeds.createFeed',
      count: 1,
    });
    const ours = submit(here, spec);
    while (Object.keys(here.sandbox.faults.list()).length > 0) await new Promise((go) => setTimeout(go, 5));
    const { api } = other;
    const documentId = await other.documents.createDocument('application/json; charset=UTF-8');
    await other.documents.uploadDocumentContent(documentId, theirs?.content as Buffer);
    const { feedId } = await api('feeds').createFeed({
      body: {
        feedType: 'JSON_LISTINGS_FEED',
        marketplaceIds: ['AE08WJ6YKNBMC'],
        inputFeedDocumentId: documentId,
      },
    });
    const run = await ours;
    expect(run.result.feedId).not.toBe(feedId);
    expect(run).toMatchObject({ ending: 'accepted', summary: { processed: 1 } });
    expect(here.sandbox.counters().feeds.created).toBe(2);
  });
});

describe('an order fulfilment feed', () => {
  it('confirms shipments, and names the order that it could not confirm', async () => {
    const here = await start();
    here.sandbox.addOrders({ count: 20, status: 'UNSHIPPED' });
    const orders: ShipmentConfirmation[] = [];
    for await (const order of here.connector.orders.list({ updatedSince: new Date('2020-01-01') })) {
      if (order.status !== 'unshipped' || order.fulfilledBy !== 'seller') continue;
      orders.push(confirmationOf(order));
    }
    expect(orders.length).toBeGreaterThan(0);
    const unknown = { ...(orders[0] as ShipmentConfirmation), orderId: '902-0000000-0000000' as never };
    const content = orderFulfilmentFeed([...orders, unknown], {
      sellerId: here.connector.config.sellerId,
    });
    const run = await submit(here, { feedType: 'POST_ORDER_FULFILLMENT_DATA', content });
    expect(run.summary).toMatchObject({ processed: orders.length + 1, accepted: orders.length, invalid: 1 });
    expect(run.items.map(({ sku, status }) => [sku, status])).toEqual([
      ...orders.map(({ orderId }) => [orderId, 'accepted']),
      ['902-0000000-0000000', 'error'],
    ]);
    expect(await here.connector.orders.get(orders[0]?.orderId as never)).toMatchObject({
      status: 'shipped',
    });
  });
});

function confirmationOf(order: Order): ShipmentConfirmation {
  return {
    ...{ orderId: order.orderId, marketplaceId: order.marketplaceId, packageId: '1' },
    ...{ carrier: 'DHL & Co', trackingNumber: 'T<1>', shippedAt: new Date().toISOString() },
    items: order.items.map(({ orderItemId, quantityOrdered: quantity }) => ({ orderItemId, quantity })),
  };
}

const acknowledgement = [
  '<?xml version="1.0" encoding="UTF-8"?><AmazonEnvelope><MessageType>OrderAcknowledgement</MessageType>',
  '<Message><MessageID>1</MessageID><OrderAcknowledgement><AmazonOrderID>902-1111111-1111111</AmazonOrderID>',
  '<StatusCode>Success</StatusCode></OrderAcknowledgement></Message></AmazonEnvelope>',
].join('');
