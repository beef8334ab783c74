import { accountId, type MarketplaceId } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { type AmazonOrder, toOrder } from './order-mapping.js';

const subject = { accountId: accountId('acme-za'), home: 'AE08WJ6YKNBMC' as MarketplaceId };
const zar = (amount: string) => ({ amount, currencyCode: 'ZAR' });
const rand = (amount: string) => ({ amount, currency: 'ZAR' });

type AmazonItem = AmazonOrder['orderItems'][number];

function amazonOrder(changes: Partial<AmazonOrder> = {}, item: Partial<AmazonItem> = {}): AmazonOrder {
  return {
    orderId: '902-1234567-1234567',
    createdTime: '2026-11-01T08:00:00Z',
    lastUpdatedTime: '2026-11-02T06:30:00Z',
    salesChannel: { channelName: 'AMAZON', marketplaceId: 'AE08WJ6YKNBMC' },
    fulfillment: { fulfillmentStatus: 'UNSHIPPED' },
    orderItems: [{ orderItemId: '1', quantityOrdered: 5, product: {}, ...item }],
    ...changes,
  };
}

const order = (changes: Partial<AmazonOrder>) => toOrder(amazonOrder(changes), subject);
const line = (item: Partial<AmazonItem>, changes: Partial<AmazonOrder> = {}) =>
  toOrder(amazonOrder(changes, item), subject).items[0];

describe('what an order tells beside its items', () => {
  it('is the promise, the speed, the seller’s number and the programs', () => {
    expect(
      order({
        orderAliases: [
          { aliasId: 'x', aliasType: 'A_NEW_KIND' },
          { aliasId: 'SO-17', aliasType: 'SELLER_ORDER_ID' },
        ],
        programs: ['PRIME', 'AMAZON_BUSINESS'],
        fulfillment: {
          fulfillmentStatus: 'UNSHIPPED',
          fulfillmentServiceLevel: 'NEXT_DAY',
          shipByWindow: {
            earliestDateTime: '2026-11-01T10:00:00+02:00',
            latestDateTime: '2026-11-03T21:59:59Z',
          },
          deliverByWindow: {
            earliestDateTime: '2026-11-04T06:00:00Z',
            latestDateTime: '2026-11-08T21:59:59Z',
          },
        },
      }),
    ).toMatchObject({
      sellerOrderId: 'SO-17',
      programs: ['PRIME', 'AMAZON_BUSINESS'],
      shippingServiceLevel: 'NEXT_DAY',
      shipAfter: '2026-11-01T08:00:00.000Z',
      shipBy: '2026-11-03T21:59:59.000Z',
      deliverAfter: '2026-11-04T06:00:00.000Z',
      deliverBy: '2026-11-08T21:59:59.000Z',
    });
  });

  it('names the orders that it replaces or was exchanged for, and keeps Amazon’s word', () => {
    const associatedOrders = [
      { orderId: '902-0000000-0000001', associationType: 'REPLACEMENT_ORIGINAL_ID' },
      { orderId: '902-0000000-0000002', associationType: 'EXCHANGE_ORIGINAL_ID' },
      { orderId: '902-0000000-0000003', associationType: 'A_NEW_KIND' },
      { associationType: 'REPLACEMENT_ORIGINAL_ID' },
    ];
    expect(order({ associatedOrders }).relatedOrders).toEqual([
      {
        orderId: '902-0000000-0000001',
        relation: 'replaces',
        platformRelation: 'REPLACEMENT_ORIGINAL_ID',
      },
      {
        orderId: '902-0000000-0000002',
        relation: 'exchange-for',
        platformRelation: 'EXCHANGE_ORIGINAL_ID',
      },
      { orderId: '902-0000000-0000003', relation: 'unknown', platformRelation: 'A_NEW_KIND' },
    ]);
  });

  it('is left out where Amazon says nothing, or nothing but empty lists', () => {
    const bare = order({
      programs: [],
      associatedOrders: [],
      orderAliases: [],
      proceeds: { breakdowns: [] },
    });
    expect(Object.keys(bare).sort()).toEqual([
      'accountId',
      'items',
      'marketplaceId',
      'orderId',
      'platformStatus',
      'purchasedAt',
      'salesChannel',
      'status',
      'updatedAt',
    ]);
    expect(line({ programs: [], promotion: { breakdowns: [] }, cancellation: {} })).toEqual({
      orderItemId: '1',
      quantityOrdered: 5,
      quantityShipped: 0,
    });
  });
});

describe('the quantities of a line', () => {
  it.each([
    ['all to be sent', 'UNSHIPPED', 0, 5, { quantityCancelled: 0, quantityUnfulfilled: 5 }],
    ['a part cancelled', 'PARTIALLY_SHIPPED', 2, 1, { quantityCancelled: 2, quantityUnfulfilled: 1 }],
    ['the rest cancelled', 'SHIPPED', 4, 0, { quantityCancelled: 1, quantityUnfulfilled: 0 }],
    ['a cancelled order', 'CANCELLED', 0, 5, { quantityCancelled: 5, quantityUnfulfilled: 0 }],
    ['a cancelled order without numbers', 'CANCELLED', undefined, undefined, { quantityCancelled: 5 }],
  ])(
    'account for every unit: %s',
    (_, fulfillmentStatus, quantityFulfilled, quantityUnfulfilled, expected) => {
      const fulfillment = { quantityFulfilled, quantityUnfulfilled };
      const item = line({ fulfillment }, { fulfillment: { fulfillmentStatus } });
      expect(item).toMatchObject(expected);
      const {
        quantityOrdered,
        quantityShipped = 0,
        quantityCancelled = 0,
        quantityUnfulfilled: left = 0,
      } = item!;
      expect(quantityShipped + quantityCancelled + left).toBe(quantityOrdered);
    },
  );

  it.each([
    ['does not tell', { quantityFulfilled: 2 }],
    ['contradicts itself', { quantityFulfilled: 3, quantityUnfulfilled: 4 }],
  ])('are not guessed where Amazon %s', (_, fulfillment) => {
    const item = line({ fulfillment });
    expect(item).toMatchObject({ quantityShipped: fulfillment.quantityFulfilled });
    expect(item).not.toHaveProperty('quantityCancelled');
  });
});

describe('the money of an order', () => {
  it('is told part by part, and the parts add up, whichever sign Amazon writes before a discount', () => {
    const breakdowns = (discount: string) => [
      { type: 'ITEM', subtotal: zar('100.00') },
      { type: 'SHIPPING', subtotal: zar('20.00') },
      { type: 'GIFT_WRAP', subtotal: zar('5.00') },
      {
        type: 'TAX',
        subtotal: zar('15.00'),
        detailedBreakdowns: [
          { subtype: 'ITEM', value: zar('12.00') },
          { subtype: 'SHIPPING', value: zar('3.00') },
          { subtype: 'GIFT_WRAP' },
        ],
      },
      {
        type: 'DISCOUNT',
        subtotal: zar(discount),
        detailedBreakdowns: [{ subtype: 'SHIPPING', value: zar(discount) }],
      },
    ];
    for (const discount of ['10.00', '-10.00']) {
      const item = line({ proceeds: { proceedsTotal: zar('130.00'), breakdowns: breakdowns(discount) } });
      expect(item?.amounts).toEqual([
        { type: 'item', platformType: 'ITEM', amount: rand('100.00') },
        { type: 'shipping', platformType: 'SHIPPING', amount: rand('20.00') },
        { type: 'gift-wrap', platformType: 'GIFT_WRAP', amount: rand('5.00') },
        {
          type: 'tax',
          platformType: 'TAX',
          amount: rand('15.00'),
          parts: [
            { type: 'item', platformType: 'ITEM', amount: rand('12.00') },
            { type: 'shipping', platformType: 'SHIPPING', amount: rand('3.00') },
          ],
        },
        {
          type: 'discount',
          platformType: 'DISCOUNT',
          amount: rand('-10.00'),
          parts: [{ type: 'shipping', platformType: 'SHIPPING', amount: rand('-10.00') }],
        },
      ]);
    }
  });

  it('keeps a tip, a discount of nothing and a kind that is new', () => {
    const breakdowns = [
      { type: 'DELIVERY_TIP', status: 'FINALIZED', subtotal: zar('5.00') },
      { type: 'DISCOUNT', subtotal: zar('0.00') },
      { type: 'A_NEW_KIND', subtotal: zar('1.00') },
    ];
    expect(order({ proceeds: { grandTotal: zar('6.00'), breakdowns } }).amounts).toEqual([
      { type: 'tip', platformType: 'DELIVERY_TIP', amount: rand('5.00') },
      { type: 'discount', platformType: 'DISCOUNT', amount: rand('0.00') },
      { type: 'other', platformType: 'A_NEW_KIND', amount: rand('1.00') },
    ]);
  });
});

describe('what a line tells besides', () => {
  it.each([
    [{ conditionType: 'NEW', conditionSubtype: 'NEW', conditionNote: 'for Thandiwe' }, 'NEW'],
    [{ conditionType: 'USED', conditionSubtype: 'VERY_GOOD' }, 'USED/VERY_GOOD'],
    [{ conditionType: 'CLUB' }, 'CLUB'],
    [{}, undefined],
  ])('is the condition: %j', (condition, expected) => {
    expect(line({ product: { condition } })?.condition).toBe(expected);
  });

  it('is promotions and programs', () => {
    const promotion = { breakdowns: [{ promotionId: 'BOXING-DAY' }, {}] };
    expect(line({ promotion, programs: ['SUBSCRIBE_AND_SAVE'] })).toMatchObject({
      promotionIds: ['BOXING-DAY'],
      programs: ['SUBSCRIBE_AND_SAVE'],
    });
  });

  it('is that a cancellation was asked for, on the order too, so that nobody ships by mistake', () => {
    const cancellation = { cancellationRequest: { requester: 'BUYER', cancelReason: 'ORDERED_BY_MISTAKE' } };
    const asked = toOrder(amazonOrder({}, { cancellation }), subject);
    const request = { by: 'buyer', reasonCode: 'ORDERED_BY_MISTAKE' };
    expect(asked.items[0]?.cancellationRequest).toEqual(request);
    expect(asked.cancellationRequest).toEqual(request);
  });

  it.each([
    ['BUYER', 'buyer'],
    ['MERCHANT', 'seller'],
    ['AMAZON', 'marketplace'],
    ['A_NEW_ONE', 'unknown'],
    [undefined, 'unknown'],
  ])('is who cancelled: %s as %s', (cancelledBy, by) => {
    const cancellation = { cancellationExecution: { cancelledBy } };
    expect(line({ cancellation })?.cancellation).toEqual({ by });
  });
});

describe('what somebody wrote', () => {
  it('never gets into an order unless it was asked for: no gift message, no reason in words, no note, no design', () => {
    const words = 'Dear Thandiwe';
    const amazon = amazonOrder(
      { buyer: { buyerName: words, buyerPurchaseOrderNumber: words } },
      {
        product: {
          condition: { conditionType: 'USED', conditionNote: words },
          customization: { customizedUrl: `https://example.com/${words}` },
        },
        cancellation: {
          cancellationRequest: { requester: 'BUYER', cancelReason: words },
          cancellationExecution: { cancelledBy: 'BUYER', cancelReason: `${words} changed her mind` },
        },
        fulfillment: { packing: { giftOption: { giftMessage: words, giftWrapLevel: 'PREMIUM' } } },
      },
    );
    const mapped = toOrder(amazon, subject, { recipient: true, buyer: true });
    expect(mapped.items[0]).toMatchObject({
      gift: true,
      cancellationRequest: { by: 'buyer' },
      cancellation: { by: 'buyer' },
    });
    expect(JSON.stringify(mapped)).not.toContain(words);
    expect(JSON.parse(JSON.stringify(mapped))).toEqual(mapped);
  });

  it.each([
    [{ giftWrapLevel: 'PREMIUM' }, true],
    [{ giftMessage: 'hello' }, true],
    [{}, undefined],
    [{ giftMessage: '', giftWrapLevel: '' }, undefined],
  ])('leaves a flag where it was for a gift: %j', (giftOption, gift) => {
    expect(line({ fulfillment: { packing: { giftOption } } })?.gift).toBe(gift);
  });
});
