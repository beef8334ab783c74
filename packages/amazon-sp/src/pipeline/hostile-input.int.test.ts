import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Recorder, startRecorder } from '../../testing/recorder.js';

let wire: Recorder;
beforeAll(async () => {
  wire = await startRecorder();
});
afterAll(async () => wire[Symbol.asyncDispose]());

/** What JSON can hold and no text can be made of. */
const unwritable = { toString: 0 };
/** Half of a pair: text that no URL can hold. */
const broken = 'a\ud800';

type Untyped = Record<string, Record<string, (...args: unknown[]) => unknown>>;

// Each of these once ended in a bare TypeError, RangeError or URIError, or in a rejection that nobody handled.
const cases: readonly [string, unknown[], field: string][] = [
  ['orders.get', [unwritable], 'orderId'],
  ['orders.get', [broken], 'orderId'],
  ['orders.regulatedInfo', [unwritable], 'orderId'],
  ['orders.page', [{ updatedSince: new Date(), marketplaceIds: 'ZA' }], 'marketplaceIds'],
  ['orders.page', [{ updatedSince: new Date(), marketplaceIds: [unwritable] }], 'marketplaceIds[0]'],
  ['orders.hasShipment', [{ orderId: '902-1', items: [null] }], 'items[0]'],
  ['inventory.update', [{ sku: 'A', quantity: unwritable }], 'quantity'],
  ['inventory.page', [{ skus: [7] }], 'skus[0]'],
  ['inventory.page', [{ marketplaceId: unwritable }], 'marketplaceId'],
  ['catalog.page', [{ identifiers: null }], 'identifiers'],
  ['catalog.page', [{ identifiers: ['A'], identifiersType: unwritable }], 'identifiersType'],
  ['catalog.get', [broken], 'asin'],
  ['prices.competitive', [7], 'productIds'],
  ['prices.update', [{ sku: 'A', price: { amount: unwritable, currency: 'ZAR' } }], 'amount'],
  ['prices.update', [{ sku: 'A', price: { amount: '1', currency: unwritable } }], 'price.currency'],
  ['prices.update', [{ sku: 'A' }], 'price.currency'],
  ['listings.patch', ['A', 'replace'], 'patches'],
  ['fees.estimate', [[null]], 'questions[0]'],
  ['fees.estimate', [[{ sku: 'A' }]], 'questions[0].price'],
  ['finances.transactionPage', [{ postedSince: '2026-11-01' }], 'postedSince'],
  ['outbound.get', [unwritable], 'sellerFulfillmentOrderId'],
  ['outbound.prepared', [broken], 'outboundOrderId'],
  ['outbound.preview', [{ shipTo: { lines: 7 }, items: [] }], 'shipTo.lines'],
  ['merchantFulfillment.get', [unwritable], 'shipmentId'],
  ['merchantFulfillment.offers', [{ items: [null] }], 'items[0]'],
  ['inbound.prepDetails', [[unwritable]], 'skus[0]'],
  ['business.offersBySku', [[broken]], 'skus[0]'],
  ['sales.metrics', [{ from: new Date(0), to: new Date(1), granularity: unwritable }], 'granularity'],
  ['uploads.send', ['a file', { resource: unwritable, contentType: 'a/b' }], 'resource'],
  ['reports.cancel', [unwritable], 'reportId'],
  ['reports.list', [{ reportTypes: 'GET_FBA_INVENTORY' }], 'reportTypes'],
  ['reports.list', [{ reportTypes: ['A'], createdSince: '2026-11-01' }], 'createdSince'],
  ['dataKiosk.list', [{ createdSince: ['2026-11-01'] }], 'createdSince'],
  ['dataKiosk.run', [7], 'query'],
  ['feeds.submit', [{ feedType: 'POST_FLAT_FILE_FULFILLMENT_DATA', content: ['a'] }], 'content'],
  ['feeds.read', [{ name: unwritable, in: 'keyValues', bytes: 1 }], 'name'],
  ['documents.getDocumentContent', [unwritable], 'documentId'],
  ['documents.openDocument', [{ kind: 'constructor', documentId: 'd' }], 'kind'],
  ['notifications.setup', [{ types: [null] }], 'types[0]'],
  ['notifications.setup', [{ types: 'ORDER_CHANGE' }], 'types'],
  ['notifications.createDestination', [{ name: 'n', queueArn: unwritable }], 'queueArn'],
];

describe('what a program without types passes', () => {
  it.each(cases)('to %s is refused by its field before anything is sent (%#)', async (entry, args, field) => {
    const [section = '', method = ''] = entry.split('.');
    const client = (wire.connector as unknown as Untyped)[section] as Untyped[string];
    wire.take();
    const refusal = await (async () => {
      const given = await client[method]?.call(client, ...args);
      // A list asks when it is read.
      for await (const _ of given as AsyncIterable<unknown>) break;
    })().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'ValidationError', field, remedy: expect.stringMatching(/\w/) });
    expect(wire.take()).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a circle', undefined],
    ['a big integer', 10n],
    ['a toJSON that throws', { toJSON: () => JSON.parse('{') }],
  ])('as a body that JSON cannot hold is refused: %s', async (name, value) => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const inner = name === 'a circle' ? circle : value;
    const patches = [{ op: 'replace', path: '/attributes/a', value: [{ inner }] }];
    await expect(
      wire.connector.api('listingsItems').patchListingsItem({
        sellerId: 'A1',
        sku: 'A',
        marketplaceIds: ['AE08WJ6YKNBMC'],
        body: { productType: 'PRODUCT', patches } as never,
      }),
    ).rejects.toMatchObject({ name: 'ValidationError', field: 'body' });
  });

  it.each([[false], [true]])(
    'as half of a surrogate pair is refused in a query (unchecked: %s)',
    async (unchecked) => {
      await expect(
        wire.connector
          .api('orders')
          .searchOrders({ createdAfter: '2026-11-01', paginationToken: broken }, { unchecked }),
      ).rejects.toMatchObject({ name: 'ValidationError', field: 'paginationToken' });
    },
  );
});
