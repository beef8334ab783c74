import { NetworkError, orderId, type Sku, sleep } from '@fluxori/core';
import { promised, Stopwatch } from '@fluxori/test-services';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { swiftBackend, testBackends } from '../../testing/connect-to-sandbox.js';
import { type Document, freshExample, notificationExample } from '../../testing/notification-examples.js';
import { account, NotificationRig } from '../../testing/notification-rig.js';
import { until } from '../../testing/until.js';
import type { NotificationListener } from './notification-listener.js';

const requestsOf = (rig: NotificationRig, operation: string) =>
  rig.sandbox.counters().operations[operation]?.requests ?? 0;

describe.each(testBackends)('listening, on %s', (backend) => {
  let rig: NotificationRig;
  let listener: NotificationListener;
  beforeAll(async () => {
    rig = await NotificationRig.open(backend);
    await rig.queues.start();
    listener = await rig.listen();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  /** A job that ends while they are listed stands in two lists. */
  const jobsOf = async (name: string) => {
    const jobs = await rig.queues.list({ name, limit: 1_000 });
    return [...new Map(jobs.map((job) => [job.jobId, job])).values()];
  };
  const order = (id: string) => rig.sandboxed.backend.records.get('order', account, id);

  it('brings in an order that changed, before anything else', async () => {
    const [orderIdText = ''] = rig.sandbox.orderIds();
    expect(await order(orderIdText)).toBeUndefined();
    rig.sandbox.updateOrder(orderIdText, { status: 'SHIPPED' });
    await until(async () => (await order(orderIdText)) !== undefined);
    expect(await order(orderIdText)).toMatchObject({
      orderId: orderId(orderIdText),
      status: 'shipped',
    });
    const jobs = await jobsOf('orders.import');
    expect(jobs).toMatchObject([{ accountId: account, priority: 'critical' }]);
    await rig.drained(listener);
    // One order was asked for by its id, and nothing listed.
    expect([requestsOf(rig, 'orders.getOrder'), requestsOf(rig, 'orders.searchOrders')]).toEqual([1, 0]);
  });

  it('wakes the report that waits: it is looked at once, an hour before its time', async () => {
    const { jobId } = await rig.queues.add('reports.run', {
      accountId: account,
      payload: { reportType: 'GET_MERCHANT_LISTINGS_ALL_DATA' },
    });
    await until(async () => (await rig.queues.get(jobId))?.parked?.wakeOn !== undefined);
    expect(requestsOf(rig, 'reports.getReport')).toBe(0);
    rig.sandbox.finishWork();
    expect(await rig.queues.waitFor(jobId)).toMatchObject({ processingStatus: 'DONE' });
    expect(requestsOf(rig, 'reports.getReport')).toBe(1);
  });

  it('does what comes twice once, also when both copies come to two listeners at once', async () => {
    const [, orderIdText = ''] = rig.sandbox.orderIds();
    await using other = await rig.listen();
    const before = (await jobsOf('orders.import')).length;
    const document = notificationExample('ORDER_CHANGE');
    const change = (document.Payload as Document).OrderChangeNotification as Document;
    change.SellerId = rig.connector.config.sellerId;
    change.AmazonOrderId = orderIdText;
    (change.Summary as Document).MarketplaceId = rig.connector.config.home.id;
    for (let copy = 0; copy < 12; copy++) await rig.send(document);
    await rig.drained(other);
    await until(async () => (await order(orderIdText)) !== undefined);
    expect((await jobsOf('orders.import')).length).toBe(before + 1);
    expect(requestsOf(rig, 'orders.getOrder')).toBe(2);
    expect(rig.outcomes('ORDER_CHANGE', 'duplicate')).toBeGreaterThanOrEqual(1);
  });

  it('brings a listing up to date that EventBridge tells of, and stock that SQS tells of', async () => {
    const { home } = rig.connector.config;
    const { items } = await rig.connector.inventory.page({ fulfilledBy: 'marketplace' });
    const { sku } = items[0] as { sku: Sku };
    const about = {
      ...{ sellerId: rig.connector.config.sellerId, atMs: Date.now(), marketplaceId: home.id },
      ...{ sku, asin: 'B000000001' },
    };
    const listed = { ...about, kind: 'listing-status-change', status: ['BUYABLE'], createdMs: 0 } as const;
    rig.sandbox.notify(listed);
    rig.sandbox.notify({ ...about, kind: 'fba-inventory-change', fnSku: 'X000000001', fulfillable: 3 });
    rig.sandbox.sellStock({ sku, quantity: 1 });
    await until(async () => {
      const jobs = [...(await jobsOf('listings.refresh')), ...(await jobsOf('inventory.refresh'))];
      return jobs.length >= 3 && jobs.every(({ state }) => state === 'completed');
    });
    const { records } = rig.sandboxed.backend;
    const of = { accountId: account };
    expect(await records.list('listing', of)).toMatchObject([{ sku }]);
    expect(await records.list('inventory', of)).toMatchObject([{ sku, fulfilledBy: 'marketplace' }]);
  });

  it('puts aside what it cannot read or check, with the reason; retried after the fault was taken away, it is done', async () => {
    const broken = notificationExample('ORDER_CHANGE');
    ((broken.Payload as Document).OrderChangeNotification as Document).AmazonOrderId = 7;
    (broken.NotificationMetadata as Document).NotificationId = 'broken';
    const foreign = notificationExample('REPORT_PROCESSING_FINISHED');
    (foreign.notificationMetadata as Document).notificationId = 'foreign';
    await rig.send('{ not json');
    await rig.send(broken);
    await rig.send(foreign);
    await rig.drained(listener);
    const dead = await listener.dead.list();
    expect(dead.map(({ reason }) => reason).sort()).toEqual(['schema', 'unknown-seller', 'unreadable']);
    const of = (reason: string) => dead.find((one) => one.reason === reason)!;
    expect(of('schema')).toMatchObject({
      ...{ type: 'ORDER_CHANGE', notificationId: 'broken', sellerId: 'A3TH9S8BH6GOGM', receives: 1 },
      explanation: expect.stringContaining('/AmazonOrderId must be string'),
    });
    expect(of('unknown-seller').explanation).toContain('A3TH9S8BH6GOGM');
    expect((await listener.dead.get(of('unreadable').id)).body).toBe('{ not json');

    const { config } = rig.connector;
    const known = await rig.listener({
      accounts: () => [{ ...config, sellerId: of('unknown-seller').sellerId as typeof config.sellerId }],
    });
    await expect(known.retry(of('unknown-seller').id)).resolves.toBe('done');
    await expect(known.retry(of('schema').id)).resolves.toBe('dead');
    expect((await listener.dead.list()).map(({ reason }) => reason).sort()).toEqual(['schema', 'unreadable']);
    await listener.dead.remove(of('schema').id);
    await expect(listener.dead.get(of('schema').id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a listener', () => {
  let rig: NotificationRig;
  beforeAll(async () => {
    rig = await NotificationRig.open(swiftBackend);
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());
  afterEach(async () => {
    await rig.sandbox.faults.clear();
    await rig.take();
  });

  /** How often SQS was asked for messages since the test set its fault. */
  const questions = () => rig.sandbox.faults.list().reduce((sum, { hits }) => sum + hits, 0);

  it('closes at once while it waits for messages, and says nobody listens', async () => {
    await using listener = await rig.listen({ longPollSeconds: 20 });
    // Time for the question to be under way; it would be held for 20 s.
    await sleep(200);
    expect(listener.health()).toMatchObject({ status: 'up' });
    const watch = new Stopwatch();
    await listener.close({ graceMs: 3_600_000 });
    expect(watch.stop()).toBeLessThan(promised(1_000));
    expect(listener.health()).toMatchObject({ status: 'degraded', details: { error: 'nobody listens' } });
    listener.start();
    await rig.send(freshExample('PRICING_HEALTH'));
    expect(await rig.bodies()).toHaveLength(1);
  });

  it('finishes and deletes what it has in hand before it closes', async () => {
    let finish = () => {};
    let begun = () => {};
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    await using listener = await rig.listen({
      onNotification: () =>
        new Promise((resolve) => {
          finish = resolve;
          begun();
        }),
    });
    await rig.send(freshExample('PRODUCT_TYPE_DEFINITIONS_CHANGE'));
    await started;
    const closing = listener.close({ graceMs: 3_600_000 });
    finish();
    await closing;
    const { waiting, beingHandled } = await (await rig.listener()).look();
    expect([waiting, beingHandled]).toEqual([0, 0]);
  });

  it('tells the hook to leave off when its time is over, and the message comes again', async () => {
    let begun = () => {};
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    await using listener = await rig.listen({
      hiddenSeconds: 2,
      onNotification: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          begun();
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    });
    await rig.send(freshExample('ITEM_PRODUCT_TYPE_CHANGE'));
    await started;
    await listener.close({ graceMs: 0 });
    const seen: string[] = [];
    await using _again = await rig.listen({ onNotification: async ({ type }) => void seen.push(type) });
    await until(() => seen.length > 0);
    expect(seen).toEqual(['ITEM_PRODUCT_TYPE_CHANGE']);
  });

  it('says what is wrong while SQS is away or the queue is gone, and goes on when it is back', async () => {
    await rig.sandbox.faults.set({ kind: 'error', status: 503, operation: 'sqs.ReceiveMessage' });
    await using listener = await rig.listen({ random: () => 0 });
    await until(() => listener.health().status === 'degraded');
    expect(listener.health()).toMatchObject({
      details: { error: expect.stringContaining('503'), since: expect.any(String), queueUrl: rig.queue.url },
    });
    await rig.sandbox.faults.clear();
    await until(() => listener.health().status === 'up');
    expect(rig.metrics.counts.get('notification_troubles receive')).toBeGreaterThanOrEqual(1);

    await using nowhere = await rig.listen({ queueUrl: `${rig.queue.url}-gone`, random: () => 0 });
    await expect(nowhere.look()).rejects.toMatchObject({ code: 'CONFIG_INVALID', field: 'queueUrl' });
    await until(() => nowhere.health().status === 'degraded');
    expect(nowhere.health().details).toMatchObject({ remedy: expect.stringContaining('region') });
  });

  it('asks rarely while SQS is away', async () => {
    await rig.sandbox.faults.set({ kind: 'error', status: 500, operation: 'sqs.ReceiveMessage' });
    await using listener = await rig.listen({ random: () => 1 });
    await until(() => listener.health().status === 'degraded');
    await until(() => questions() >= 6);
    // Three by AWS's client at once, three after half a second, and so on; a loop would have asked hundreds of times by now.
    expect(questions()).toBeLessThan(20);
  });

  it('keeps messages in the queue while the store is away: none is taken twice or put aside', async () => {
    await rig.sandbox.faults.set({ kind: 'latency', ms: 1, operation: 'sqs.ReceiveMessage' });
    let away = true;
    let asked = 0;
    const { keyValues } = rig.sandboxed.backend;
    const flaky = new Proxy(keyValues, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          asked += 1;
          if (away) return Promise.reject(storeAway());
          return (value as (...args: unknown[]) => unknown).apply(target, args);
        };
      },
    });
    const seen: string[] = [];
    await using listener = await rig.listen({
      ...{ keyValues: flaky, hiddenSeconds: 2, random: () => 0, mostReceives: 1 },
      onNotification: async ({ type }) => void seen.push(type),
    });
    await rig.send(freshExample('BRANDED_ITEM_CONTENT_CHANGE'));
    await until(() => asked >= 2);
    expect(listener.health()).toMatchObject({
      status: 'degraded',
      details: { error: expect.stringContaining('store') },
    });
    const receives = questions();
    await until(() => asked >= 4);
    expect(questions()).toBe(receives);
    away = false;
    await until(() => seen.length > 0);
    expect(listener.health().status).toBe('up');
    expect(await listener.dead.list()).toEqual([]);
  });

  it('tries a failing hook again, and puts the message aside after the last try', async () => {
    let tries = 0;
    await using listener = await rig.listen({
      ...{ hiddenSeconds: 1, mostReceives: 2 },
      onNotification: async () => {
        tries += 1;
        throw new Error('a name that must not be told');
      },
    });
    await rig.send(freshExample('TRANSACTION_UPDATE'));
    await until(async () => (await listener.dead.count()) > 0);
    expect(tries).toBe(2);
    expect(await listener.dead.list()).toMatchObject([
      { reason: 'failing', receives: 2, explanation: 'Error' },
    ]);
  });

  it('refuses what is no queue', async () => {
    await expect(rig.listener({ queueUrl: 'https://example.com' })).rejects.toMatchObject({
      field: 'queueUrl',
    });
    await expect(rig.listener({ queueUrl: `${rig.queue.url}.fifo` })).rejects.toThrow(/FIFO/);
  });
});

function storeAway(): Error {
  return new NetworkError('The store does not answer.', {
    ...{ host: 'store', outcome: 'not-sent', code: 'BACKEND_UNAVAILABLE' },
  });
}
