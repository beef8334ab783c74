import { gunzipSync } from 'node:zlib';
import { ManualClock } from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.js';
import { startSandbox } from '../start-sandbox.js';
import { Clerk } from '../testing/clerk.js';
import { failureOf } from '../testing/document-wire.js';

const type = 'JSON_LISTINGS_FEED';
const contentType = 'application/json; charset=UTF-8';
const quantityOf = (quantity: number) => ({
  productType: 'PRODUCT',
  operationType: 'PATCH',
  patches: [
    {
      op: 'replace',
      path: '/attributes/fulfillment_availability',
      value: [{ fulfillment_channel_code: 'DEFAULT', quantity }],
    },
  ],
});

describe('Feeds', () => {
  let clock: ManualClock;
  let now: number;
  let sandbox: Sandbox;
  let clerk: Clerk;
  let skus: string[];

  beforeEach(async () => {
    clock = new ManualClock(Date.UTC(2026, 10, 20));
    now = 0;
    sandbox = await startSandbox({
      ...{ orders: 20, skus: 12, clock, monotonicNow: () => now, epoch: new Date(clock.now()) },
      plans: {
        'feeds.createFeedDocument': { rate: 100, burst: 100 },
        'feeds.createFeed': { rate: 100, burst: 100 },
      },
      feeds: { queueMs: 1_000, progressMs: 4_000 },
    });
    clerk = new Clerk(sandbox);
    const { json } = await clerk.wire.get(`/listings/2021-08-01/items/${sandbox.credentials.sellerId}`, {
      marketplaceIds: sandbox.credentials.marketplaceId,
      includedData: 'fulfillmentAvailability',
    });
    skus = json.items
      .filter((item: { fulfillmentAvailability?: { fulfillmentChannelCode: string }[] }) =>
        item.fulfillmentAvailability?.some((one) => one.fulfillmentChannelCode === 'DEFAULT'),
      )
      .map((item: { sku: string }) => item.sku);
    expect(skus.length).toBeGreaterThan(1);
  });
  afterEach(() => sandbox.close());

  const feedOf = (messages: readonly object[], sellerId = sandbox.credentials.sellerId): string =>
    JSON.stringify({ header: { sellerId, version: '2.0', issueLocale: 'en_ZA' }, messages });
  async function submit(content: string): Promise<string> {
    return (await clerk.createFeed(type, await clerk.uploaded(content, contentType))).json.feedId;
  }
  // biome-ignore lint/suspicious/noExplicitAny: a report as it is on the wire.
  async function resultOf(feedId: string): Promise<any> {
    const { resultFeedDocumentId } = await clerk.feed(feedId);
    return JSON.parse(gunzipSync((await clerk.feedResult(resultFeedDocumentId)).bytes).toString());
  }
  async function stockOf(sku: string): Promise<number> {
    const { sellerId, marketplaceId } = sandbox.credentials;
    const { json } = await clerk.wire.get(`/listings/2021-08-01/items/${sellerId}/${sku}`, {
      marketplaceIds: marketplaceId,
      includedData: 'fulfillmentAvailability',
    });
    return json.fulfillmentAvailability[0].quantity;
  }

  /** One that the merchant has to send. */
  async function ownOrder(): Promise<string> {
    for (const orderId of sandbox.addOrders({ count: 20, status: 'UNSHIPPED' })) {
      const { json } = await clerk.wire.get(`/orders/2026-01-01/orders/${orderId}`, {
        includedData: 'FULFILLMENT',
      });
      if (json.order.fulfillment.fulfilledBy === 'MERCHANT') return orderId;
    }
    throw new Error('All twenty orders are fulfilled by Amazon.');
  }

  it('are judged message by message: what is accepted takes effect, what is not is told', async () => {
    const [first, second] = skus as [string, string];
    const before = await stockOf(second);
    const id = await submit(
      feedOf([
        { messageId: 1, sku: first, ...quantityOf(777) },
        { messageId: 2, sku: 'NO-SUCH-SKU', ...quantityOf(1) },
        { messageId: 3, sku: second, ...quantityOf(-1) },
        { messageId: 1, sku: second, ...quantityOf(5) },
        { messageId: 5, sku: second, operationType: 'PATCH' },
      ]),
    );
    expect((await clerk.feed(id)).processingStatus).toBe('IN_QUEUE');
    await clock.advance(1_000);
    expect((await clerk.feed(id)).processingStatus).toBe('IN_PROGRESS');
    expect(await stockOf(first)).not.toBe(777);
    await clock.advance(4_000);
    expect((await clerk.feed(id)).processingStatus).toBe('DONE');
    const { header, issues, summary } = await resultOf(id);
    expect(header).toMatchObject({ feedId: id, version: '2.0' });
    expect(summary).toMatchObject({
      errors: 4,
      messagesProcessed: 5,
      messagesAccepted: 1,
      messagesInvalid: 4,
    });
    expect(issues).toMatchObject([
      { messageId: 2, sku: 'NO-SUCH-SKU', code: '13013', severity: 'ERROR' },
      { messageId: 3, sku: second, severity: 'ERROR' },
      { messageId: 1, sku: second, severity: 'ERROR', message: expect.stringContaining('has come before') },
      { messageId: 5, sku: second, severity: 'ERROR' },
    ]);
    expect([await stockOf(first), await stockOf(second)]).toEqual([777, before]);
  });

  it('of one type are processed one after another', async () => {
    const [sku] = skus as [string];
    const ids = [
      await submit(feedOf([{ messageId: 1, sku, ...quantityOf(1) }])),
      await submit(feedOf([{ messageId: 1, sku, ...quantityOf(2) }])),
    ] as const;
    await clock.advance(5_000);
    expect((await clerk.feed(ids[0])).processingStatus).toBe('DONE');
    expect((await clerk.feed(ids[1])).processingStatus).toBe('IN_PROGRESS');
    await clock.advance(4_000);
    expect((await clerk.feed(ids[1])).processingStatus).toBe('DONE');
    expect(await stockOf(sku)).toBe(2);
  });

  it('that are no JSON, or another seller’s, end FATAL and say why', async () => {
    const [broken, foreign] = [await submit('{"header":'), await submit(feedOf([{}], 'A2OTHERSELLER'))];
    sandbox.finishWork();
    expect((await clerk.feed(broken)).processingStatus).toBe('FATAL');
    expect((await resultOf(broken)).issues).toMatchObject([{ message: 'The feed is not valid JSON.' }]);
    expect((await resultOf(foreign)).issues[0].message).toContain('A2OTHERSELLER');
  });

  it('end as a test wants them to, with a part of their effect', async () => {
    const [sku, other] = skus as [string, string];
    const before = await stockOf(other);
    sandbox.setOutcome({ of: 'feed', status: 'FATAL', applied: 'some', document: 'gave up', count: 1 });
    sandbox.setOutcome({ of: 'feed', status: 'CANCELLED', count: 1 });
    const messages = [
      { messageId: 1, sku, ...quantityOf(500) },
      { messageId: 2, sku: other, ...quantityOf(before + 1) },
    ];
    const [fatal, cancelled] = [await submit(feedOf(messages)), await submit(feedOf(messages))];
    sandbox.finishWork();
    expect((await clerk.feed(cancelled)).processingStatus).toBe('CANCELLED');
    const { processingStatus, resultFeedDocumentId } = await clerk.feed(fatal);
    expect(processingStatus).toBe('FATAL');
    expect(gunzipSync((await clerk.feedResult(resultFeedDocumentId)).bytes).toString()).toBe('gave up');
    expect([await stockOf(sku), await stockOf(other)]).toEqual([500, before]);
  });

  it('are made although the answer is lost, once for each document', async () => {
    const document = await clerk.uploaded(
      feedOf([{ messageId: 1, sku: skus[0], ...quantityOf(9) }]),
      contentType,
    );
    await sandbox.faults.set({ kind: 'drop', when: 'after', operation: 'feeds.createFeed', count: 1 });
    expect(await failureOf(clerk.createFeed(type, document))).toBe('ECONNRESET');
    expect(sandbox.counters().feeds).toMatchObject({ created: 1, byType: { [type]: 1 }, duplicates: [] });
    const found = await clerk.wire.get('/feeds/2021-06-30/feeds', { feedTypes: type });
    expect(found.json.feeds).toMatchObject([{ feedType: type }]);
    const again = await clerk.createFeed(type, document);
    expect([again.status, again.text]).toEqual([
      400,
      expect.stringContaining('was made of this document already'),
    ]);
    await submit(feedOf([{ messageId: 1, sku: skus[0], ...quantityOf(9) }]));
    expect(sandbox.counters().feeds).toMatchObject({ created: 2, duplicates: [{ type }] });
  });

  it('of listings are five in five minutes, whatever the usage plan says', async () => {
    const send = async () => clerk.createFeed(type, await clerk.uploaded('{}', contentType));
    const statuses: number[] = [];
    for (let sent = 0; sent < 6; sent++) statuses.push((await send()).status);
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
    now += 300_000;
    expect((await send()).status).toBe(202);
  });

  it('of retired types are taken, and end FATAL', async () => {
    const document = await clerk.uploaded('<AmazonEnvelope/>', 'text/xml; charset=UTF-8');
    const { feedId } = (await clerk.createFeed('POST_PRODUCT_DATA', document)).json;
    sandbox.finishWork();
    expect((await clerk.feed(feedId)).processingStatus).toBe('FATAL');
    expect((await clerk.createFeed('NO_FEED', document)).status).toBe(400);
  });

  it('of fulfilment confirm shipments, and say in XML which they could not', async () => {
    const { sellerId } = sandbox.credentials;
    const orderId = await ownOrder();
    const message = (id: number, order: string | undefined) =>
      `<Message><MessageID>${id}</MessageID><OrderFulfillment><AmazonOrderID>${order}</AmazonOrderID>` +
      '<FulfillmentDate>2026-11-20T00:00:01Z</FulfillmentDate><FulfillmentData><CarrierName>Aramex</CarrierName>' +
      '<ShipperTrackingNumber>ZA1</ShipperTrackingNumber></FulfillmentData></OrderFulfillment></Message>';
    const xml =
      '<?xml version="1.0"?><AmazonEnvelope><Header><DocumentVersion>1.01</DocumentVersion>' +
      `<MerchantIdentifier>${sellerId}</MerchantIdentifier></Header><MessageType>OrderFulfillment</MessageType>` +
      `${message(1, orderId)}${message(2, '123-0000000-0000000')}</AmazonEnvelope>`;
    const document = await clerk.uploaded(xml, 'text/xml; charset=UTF-8');
    const { feedId } = (await clerk.createFeed('POST_ORDER_FULFILLMENT_DATA', document)).json;
    sandbox.finishWork();
    const { resultFeedDocumentId } = await clerk.feed(feedId);
    const result = gunzipSync((await clerk.feedResult(resultFeedDocumentId)).bytes).toString();
    expect(result).toMatch(/<MessagesProcessed>2<\/MessagesProcessed>\s*<MessagesSuccessful>1</);
    expect(result).toContain('<AmazonOrderID>123-0000000-0000000</AmazonOrderID>');
  });
});
