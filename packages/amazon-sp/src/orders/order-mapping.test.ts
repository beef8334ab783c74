import { accountId, type MarketplaceId, orderId } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import {
  type AmazonOrder,
  orderStatuses,
  showsShipment,
  toConfirmShipment,
  toOrder,
} from './order-mapping.js';

const subject = { accountId: accountId('acme-za'), home: 'AE08WJ6YKNBMC' as MarketplaceId };

const amazon: AmazonOrder = {
  orderId: '902-1234567-1234567',
  createdTime: '2026-11-01T08:00:00+02:00',
  lastUpdatedTime: '2026-11-02T06:30:00Z',
  salesChannel: { channelName: 'AMAZON', marketplaceId: 'AE08WJ6YKNBMC', marketplaceName: 'Amazon.co.za' },
  buyer: { buyerName: 'Thandiwe Mokoena', buyerEmail: 'abc@marketplace.amazon.co.za' },
  recipient: {
    deliveryAddress: {
      name: 'Thandiwe Mokoena',
      addressLine1: '1 Long Street',
      addressLine2: '',
      city: 'Cape Town',
      postalCode: '8001',
      countryCode: 'ZA',
      phone: '0821234567',
    },
  },
  proceeds: { grandTotal: { amount: '1299.90', currencyCode: 'ZAR' } },
  fulfillment: {
    fulfillmentStatus: 'PARTIALLY_SHIPPED',
    fulfilledBy: 'MERCHANT',
    shipByWindow: { latestDateTime: '2026-11-03T21:59:59Z' },
  },
  orderItems: [
    {
      orderItemId: '1',
      quantityOrdered: 3,
      product: {
        asin: 'B000000001',
        title: 'A mug',
        sellerSku: 'MUG-1',
        price: { unitPrice: { amount: '433.30', currencyCode: 'ZAR' } },
      },
      proceeds: { proceedsTotal: { amount: '1299.90', currencyCode: 'ZAR' } },
      fulfillment: { quantityFulfilled: 1 },
    },
  ],
};

describe('Amazon’s order as ours', () => {
  it('keeps what it is, in our words, and no personal data', () => {
    expect(toOrder(amazon, subject)).toEqual({
      accountId: 'acme-za',
      marketplaceId: 'AE08WJ6YKNBMC',
      orderId: '902-1234567-1234567',
      status: 'partially-shipped',
      platformStatus: 'PARTIALLY_SHIPPED',
      purchasedAt: '2026-11-01T06:00:00.000Z',
      updatedAt: '2026-11-02T06:30:00.000Z',
      fulfilledBy: 'seller',
      salesChannel: 'Amazon.co.za',
      shipBy: '2026-11-03T21:59:59.000Z',
      total: { amount: '1299.90', currency: 'ZAR' },
      items: [
        {
          orderItemId: '1',
          sku: 'MUG-1',
          productId: 'B000000001',
          title: 'A mug',
          quantityOrdered: 3,
          quantityShipped: 1,
          unitPrice: { amount: '433.30', currency: 'ZAR' },
          lineTotal: { amount: '1299.90', currency: 'ZAR' },
        },
      ],
    });
  });

  it('holds personal data as far as it was asked for', () => {
    expect(toOrder(amazon, subject, { recipient: true })).toMatchObject({
      shipTo: {
        name: 'Thandiwe Mokoena',
        lines: ['1 Long Street'],
        city: 'Cape Town',
        postalCode: '8001',
        countryCode: 'ZA',
        phone: '0821234567',
      },
    });
    expect(toOrder(amazon, subject, { recipient: true }).buyerEmail).toBeUndefined();
    expect(toOrder(amazon, subject, { buyer: true })).toMatchObject({
      buyerEmail: 'abc@marketplace.amazon.co.za',
    });
    expect(toOrder(amazon, subject, { buyer: true }).shipTo).toBeUndefined();
  });

  it('keeps the district and the municipality of an address that has a state and a city, too', () => {
    const recipient = {
      deliveryAddress: {
        addressLine1: 'Bağdat Caddesi 1',
        municipality: 'Caferağa',
        city: 'İstanbul',
        districtOrCounty: 'Kadıköy',
        stateOrRegion: 'Marmara',
        countryCode: 'TR',
      },
    };
    const shipTo = (change: object) =>
      toOrder(
        { ...amazon, recipient: { deliveryAddress: { ...recipient.deliveryAddress, ...change } } },
        subject,
        {
          recipient: true,
        },
      ).shipTo;
    expect(shipTo({})).toMatchObject({
      lines: ['Bağdat Caddesi 1', 'Caferağa', 'Kadıköy'],
      city: 'İstanbul',
      stateOrRegion: 'Marmara',
    });
    expect(shipTo({ city: undefined, stateOrRegion: undefined })).toMatchObject({
      lines: ['Bağdat Caddesi 1'],
      city: 'Caferağa',
      stateOrRegion: 'Kadıköy',
    });
    expect(shipTo({ municipality: 'İstanbul', districtOrCounty: 'Marmara' })?.lines).toEqual([
      'Bağdat Caddesi 1',
    ]);
  });

  it.each([
    ['PENDING_AVAILABILITY', 'pending'],
    ['PENDING', 'pending'],
    ['UNSHIPPED', 'unshipped'],
    ['PARTIALLY_SHIPPED', 'partially-shipped'],
    ['SHIPPED', 'shipped'],
    ['CANCELLED', 'cancelled'],
    ['UNFULFILLABLE', 'unfulfillable'],
    ['A_NEW_ONE', 'unknown'],
  ])('reads the status %s as %s and keeps Amazon’s word', (platformStatus, status) => {
    const order = { ...amazon, fulfillment: { fulfillmentStatus: platformStatus as 'SHIPPED' } };
    expect(toOrder(order, subject)).toMatchObject({ status, platformStatus });
  });

  it('knows every status of Amazon’s model', () => {
    expect(Object.keys(orderStatuses)).toHaveLength(7);
  });

  it('survives an order with the least that Amazon promises', () => {
    const { orderId: id, createdTime, lastUpdatedTime } = amazon;
    const least = {
      orderId: id,
      createdTime,
      lastUpdatedTime,
      salesChannel: { channelName: 'NON_AMAZON' },
      orderItems: [{ orderItemId: '1', quantityOrdered: 1, product: {} }],
    };
    expect(toOrder(least, subject)).toMatchObject({
      marketplaceId: 'AE08WJ6YKNBMC',
      status: 'unknown',
      items: [{ quantityShipped: 0 }],
    });
  });
});

const confirmation = {
  orderId: orderId('902-1234567-1234567'),
  marketplaceId: 'AE08WJ6YKNBMC' as MarketplaceId,
  packageId: '1',
  carrier: 'Other: Bob Go',
  trackingNumber: 'BG-1',
  shippedAt: '2026-11-03T10:00:00+02:00',
  items: [{ orderItemId: '1', quantity: 3 }],
};

describe('our confirmation as Amazon’s', () => {
  it('names a carrier that Amazon has no code for', () => {
    expect(toConfirmShipment(confirmation)).toEqual({
      marketplaceId: 'AE08WJ6YKNBMC',
      packageDetail: {
        packageReferenceId: '1',
        carrierCode: 'Other',
        carrierName: 'Bob Go',
        trackingNumber: 'BG-1',
        shipDate: '2026-11-03T08:00:00.000Z',
        orderItems: [{ orderItemId: '1', quantity: 3 }],
      },
    });
  });

  it('passes on the code of one that it has', () => {
    expect(toConfirmShipment({ ...confirmation, carrier: 'DHL' }).packageDetail).toMatchObject({
      carrierCode: 'DHL',
    });
  });

  it.each([
    ['by its package', { packages: [{ packageReferenceId: '1' }] }, true],
    ['by its tracking number', { packages: [{ packageReferenceId: '7', trackingNumber: 'BG-1' }] }, true],
    ['not by another parcel', { packages: [{ packageReferenceId: '2', trackingNumber: 'BG-2' }] }, false],
    [
      'not by the same parcel with another tracking number, which this one corrects',
      {
        packages: [{ packageReferenceId: '1', trackingNumber: 'BG-0' }],
        orderItems: [{ ...amazon.orderItems[0], fulfillment: { quantityFulfilled: 3 } }],
      },
      false,
    ],
    ['not by a part of it', {}, false],
    [
      'by nothing being left to ship',
      { orderItems: [{ ...amazon.orderItems[0], fulfillment: { quantityFulfilled: 3 } }] },
      true,
    ],
    [
      'by nothing being left to ship, since the rest was cancelled',
      {
        orderItems: [
          { ...amazon.orderItems[0], fulfillment: { quantityFulfilled: 2, quantityUnfulfilled: 0 } },
        ],
      },
      true,
    ],
    [
      'not by a line that was cancelled as a whole',
      {
        orderItems: [
          { ...amazon.orderItems[0], fulfillment: { quantityFulfilled: 0, quantityUnfulfilled: 0 } },
        ],
      },
      false,
    ],
  ])('is recognised %s', (_, changes, expected) => {
    expect(showsShipment({ ...amazon, ...changes } as AmazonOrder, confirmation)).toBe(expected);
  });
});
