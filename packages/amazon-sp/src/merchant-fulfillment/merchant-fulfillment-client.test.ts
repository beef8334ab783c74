import { orderId } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import type { SectionContext } from '../pipeline/section-context.js';
import { attempt } from '../workflow/attempt.js';
import { MerchantFulfillmentClient } from './merchant-fulfillment-client.js';

const address = {
  name: 'Shop',
  lines: ['1 Long St'],
  city: 'Cape Town',
  postalCode: '8001',
  countryCode: 'ZA',
};
const request = {
  orderId: orderId('902-1234567-1234567'),
  items: [{ orderItemId: '1', quantity: 1 }],
  shipFrom: { ...address, phone: '+27 21 000 0000', email: 'shop@example.co.za' },
  box: 'one',
  weightGrams: 500,
  serviceId: 'ZA_ECONOMY',
};
const service = { CarrierName: 'A', ShippingServiceName: 'B', Rate: { Amount: 1, CurrencyCode: 'ZAR' } };

describe('The answer to a purchase', () => {
  it.each([
    ['without a shipment', {}],
    ['without the order', { ShipmentId: 's-1', ItemList: [], Status: 'Purchased', ShippingService: service }],
    ['without the lines', { ShipmentId: 's-1', AmazonOrderId: '902-1', ShippingService: service }],
  ])('%s is never taken for a refusal: the label may have been bought', async (_, payload) => {
    const api = () => ({ createShipment: async () => ({ payload }) });
    const context = { api, config: { accountId: 'acme-za' } } as unknown as SectionContext;
    const client = new MerchantFulfillmentClient(context, {} as never);
    const tried = await attempt(() => client.buy(request));
    expect(tried).toMatchObject({
      outcome: 'unknown',
      error: { code: 'REMOTE_UNREADABLE', account: 'acme-za' },
    });
  });
});
