import { openBackend } from '@fluxori/backend';
import { ConnectorFactory, type Logger, type MarketplaceId, orderId, silentLogger } from '@fluxori/core';
import type { CallSpec, HttpAnswer, NetworkAwareClient } from '@fluxori/network';
import { describe, expect, it } from '@jest/globals';
import { type AmazonSpConfigInput, amazonSp } from '../index.js';

/** Stands where the network would be: keeps what would be sent, and answers with tokens and an empty object. */
async function recorder(config: Partial<AmazonSpConfigInput> = {}, logger?: Logger) {
  const specs: CallSpec[] = [];
  const authorized: Record<string, string>[] = [];
  const client = {
    async call(spec: CallSpec): Promise<HttpAnswer> {
      specs.push(spec);
      authorized.push({ ...(await spec.authorize?.({})) });
      const body = {
        access_token: 'Atza|seller',
        token_type: 'bearer',
        expires_in: 3600,
        restrictedDataToken: 'Atz.sprdt|one',
        expiresIn: 3600,
      };
      return {
        status: 200,
        headers: {},
        body,
        text: JSON.stringify(body),
        receivedAt: new Date(),
      } as HttpAnswer;
    },
    circuits: () => [],
    onRecovered: () => () => undefined,
    close: async () => undefined,
  } as unknown as NetworkAwareClient;
  const connector = new ConnectorFactory().register(amazonSp).create(
    'amazon-sp',
    {
      accountId: 'acme-za',
      sellerId: 'A2EXAMPLE',
      marketplaceId: 'ZA',
      clientId: 'app-1',
      clientSecret: 's',
      refreshToken: 'r',
      ...config,
    } as AmazonSpConfigInput,
    { backend: await openBackend('memory:'), client, logger },
  );
  const sent = () => specs.filter(({ operation }) => operation !== 'lwa.token');
  return { connector, sent, authorized };
}

describe('what is sent', () => {
  it('goes to the region’s host with Amazon’s headers, and with no body for a GET', async () => {
    const { connector, sent, authorized } = await recorder();
    await connector.api('orders').searchOrders({ lastUpdatedAfter: '2026-01-01T00:00:00Z' });
    const [spec] = sent();
    expect(spec).toMatchObject({
      operation: 'orders.searchOrders',
      account: 'acme-za',
      method: 'GET',
      url: 'https://sellingpartnerapi-eu.amazon.com/orders/2026-01-01/orders?lastUpdatedAfter=2026-01-01T00%3A00%3A00Z',
      idempotent: true,
      headers: {
        accept: 'application/json',
        'user-agent': expect.stringMatching(/^Fluxori-Connectors\/[\d.]+ \(Language=/),
      },
    });
    expect(spec?.body).toBeUndefined();
    expect(authorized.at(-1)).toEqual({
      'x-amz-access-token': 'Atza|seller',
      'x-amz-date': expect.stringMatching(/^\d{8}T\d{6}Z$/),
    });
  });

  it('carries the application’s own name', async () => {
    const { connector, sent } = await recorder({ application: { name: 'Acme Stock', version: '2.1' } });
    await connector.api('sellers').getAccount();
    expect(sent()[0]?.headers?.['user-agent']).toMatch(/^Acme Stock\/2\.1 /);
  });

  it('goes to the sandbox when told, but asks production for restricted data tokens', async () => {
    const { connector, sent, authorized } = await recorder({ environment: 'sandbox' });
    await connector.api('orders', 'v0').getOrderAddress({ orderId: '902-1234567-1234567' });
    const hosts = sent().map(({ operation, url }) => `${operation} ${new URL(url).host}`);
    expect(hosts).toEqual([
      'orders@v0.getOrderAddress sandbox.sellingpartnerapi-eu.amazon.com',
      'tokens.createRestrictedDataToken sellingpartnerapi-eu.amazon.com',
    ]);
    expect(JSON.parse(String(sent()[1]?.body))).toEqual({
      restrictedResources: [{ method: 'GET', path: '/orders/v0/orders/{orderId}/address' }],
    });
    expect(authorized.map((headers) => headers['x-amz-access-token'])).toContain('Atz.sprdt|one');
    const [sandboxed, production] = sent().map(({ rate }) => rate?.plans[0]);
    expect(sandboxed).toMatchObject({ ratePerSecond: 5, burst: 15 });
    expect(production).toMatchObject({ ratePerSecond: 1, burst: 10 });
  });

  it('is nothing for an operation that only Amazon’s sandbox has', async () => {
    const { connector, sent } = await recorder();
    await expect(
      connector.api('fbaInventory').deleteInventoryItem({ sellerSku: 'A', marketplaceId: 'AE08WJ6YKNBMC' }),
    ).rejects.toMatchObject({
      code: 'OPERATION_UNKNOWN',
      field: 'environment',
      message: expect.stringContaining('sandbox only'),
    });
    expect(sent()).toEqual([]);
  });

  it('is told of once when the operation is deprecated', async () => {
    const warnings: unknown[] = [];
    const logger: Logger = { ...silentLogger, warn: (fields) => warnings.push(fields), child: () => logger };
    const { connector } = await recorder({}, logger);
    const v0 = connector.api('orders', 'v0');
    await v0.getOrderItems({ orderId: '902-1234567-1234567' }, { rdt: false });
    await v0.getOrderItems({ orderId: '902-1234567-1234567' }, { rdt: false });
    expect(warnings).toEqual([{ operation: 'orders@v0.getOrderItems', account: 'acme-za' }]);
  });

  it.each([
    [['BUYER', 'PROCEEDS'], ['BUYER']],
    [['RECIPIENT'], ['RECIPIENT']],
    [['TAX'], ['TAX']],
    [['PROCEEDS', 'PACKAGES', 'FULFILLMENT'], undefined],
  ] as const)(
    'is told of in the audit as far as it asks for personal data: %j',
    async (includedData, personal) => {
      const audited: unknown[] = [];
      const logger: Logger = { ...silentLogger, info: (fields) => audited.push(fields), child: () => logger };
      const { connector } = await recorder({}, logger);
      await connector.api('orders').getOrder({ orderId: '902-1234567-1234567', includedData });
      const line = { audit: 'personal-data', operation: 'orders.getOrder', account: 'acme-za', personal };
      expect(audited).toEqual(personal === undefined ? [] : [line]);
    },
  );

  it('is told of in the audit when its answer holds a recipient in any case', async () => {
    const audited: unknown[] = [];
    const logger: Logger = { ...silentLogger, info: (fields) => audited.push(fields), child: () => logger };
    const { connector } = await recorder({}, logger);
    const outbound = connector.api('fulfillmentOutbound', '2020-07-01');
    await outbound.getFulfillmentOrder({ sellerFulfillmentOrderId: 'web-1' });
    await outbound.getFeatures({ marketplaceId: 'AE08WJ6YKNBMC' });
    const operation = 'fulfillmentOutbound@2020-07-01.getFulfillmentOrder';
    expect(audited).toEqual([
      { audit: 'personal-data', operation, account: 'acme-za', personal: ['RECIPIENT'] },
    ]);
  });

  it.each([
    [
      'takes no restricted data token',
      'orders',
      '2026-01-01',
      { dataElements: ['buyerInfo'] },
      /includedData/,
    ],
    ['is restricted as a whole', 'orders', 'v0', { dataElements: ['shippingAddress'] }, /as a whole/],
  ] as const)(
    'is nothing when data elements are named for an operation that %s',
    async (_, api, version, rdt, remedy) => {
      const { connector, sent } = await recorder();
      const operationId = version === 'v0' ? 'getOrderAddress' : 'getOrder';
      const call = connector.call({ api, version, operationId }, { orderId: '902-1234567-1234567' }, { rdt });
      await expect(call).rejects.toMatchObject({
        name: 'ValidationError',
        field: 'rdt.dataElements',
        account: 'acme-za',
        operation: version === 'v0' ? 'orders@v0.getOrderAddress' : 'orders.getOrder',
        message: expect.stringContaining('takes no data elements'),
        remedy: expect.stringMatching(remedy),
      });
      expect(sent()).toEqual([]);
    },
  );

  it('is nothing when the list of data elements is empty', async () => {
    const { connector, sent } = await recorder();
    await expect(
      connector.api('orders', 'v0').getOrder({ orderId: '902-1' }, { rdt: { dataElements: [] } }),
    ).rejects.toMatchObject({ field: 'rdt.dataElements', remedy: expect.stringContaining('rdt: false') });
    expect(sent()).toEqual([]);
  });

  it('is asked for with the data elements named, where the operation takes some', async () => {
    const { connector, sent } = await recorder();
    await connector
      .api('orders', 'v0')
      .getOrder({ orderId: '902-1' }, { rdt: { dataElements: ['buyerInfo'] } });
    expect(JSON.parse(String(sent()[1]?.body))).toEqual({
      restrictedResources: [
        { method: 'GET', path: '/orders/v0/orders/{orderId}', dataElements: ['buyerInfo'] },
      ],
    });
  });

  describe('unchecked', () => {
    const getOrder = { api: 'orders', operationId: 'getOrder' };
    const searchOrders = { api: 'orders', operationId: 'searchOrders' };
    const unchecked = { unchecked: true };

    it('is what Amazon may have learnt since: names, values, marketplaces, sizes and what is required', async () => {
      const { connector, sent } = await recorder();
      await connector.call(
        searchOrders,
        {
          marketplaceIds: ['A9NEWMARKETPLACE', 'ATVPDKIKX0DER'],
          fulfillmentStatuses: ['A_NEW_ONE'],
          maxResultsPerPage: 500,
          lastUpdatedAfter: 'P30D',
          aNewOne: 'x y',
          someNewOnes: ['a,b', 2],
          notGiven: undefined,
        },
        unchecked,
      );
      await connector.call({ api: 'fbaInventory', operationId: 'getInventorySummaries' }, {}, unchecked);
      expect(sent().map(({ url }) => url.replace(/^.*amazon\.com/, ''))).toEqual([
        '/orders/2026-01-01/orders?lastUpdatedAfter=P30D&fulfillmentStatuses=A_NEW_ONE' +
          '&marketplaceIds=A9NEWMARKETPLACE,ATVPDKIKX0DER&maxResultsPerPage=500&aNewOne=x%20y&someNewOnes=a%2Cb,2',
        '/fba/inventory/v1/summaries',
      ]);
    });

    it('is a body that the table does not know, and an operation that it has for the sandbox only', async () => {
      const { connector, sent } = await recorder();
      const remove = { api: 'fbaInventory', operationId: 'deleteInventoryItem' };
      await connector.call(remove, { sellerSku: 'A', body: { reason: 'new' } }, unchecked);
      expect(sent()[0]).toMatchObject({
        method: 'DELETE',
        url: 'https://sellingpartnerapi-eu.amazon.com/fba/inventory/v1/items/A',
        body: '{"reason":"new"}',
      });
    });

    it('is a restricted data token for an operation that the table does not have as restricted', async () => {
      const { connector, sent } = await recorder();
      const params = { orderId: '902-1' };
      await connector.call(getOrder, params, { ...unchecked, rdt: { dataElements: ['buyerInfo'] } });
      await connector.call(getOrder, params, { ...unchecked, rdt: true });
      const asked = sent().filter(({ operation }) => operation === 'tokens.createRestrictedDataToken');
      expect(asked.map(({ body }) => JSON.parse(String(body)).restrictedResources[0])).toEqual([
        { method: 'GET', path: '/orders/2026-01-01/orders/{orderId}', dataElements: ['buyerInfo'] },
        { method: 'GET', path: '/orders/2026-01-01/orders/{orderId}' },
      ]);
    });

    it('is not held to be repeatable because of a name that the operation does not have', async () => {
      const { connector, sent } = await recorder();
      const create = { api: 'feeds', operationId: 'createFeed' };
      await connector.call(create, { body: {}, 'x-amzn-idempotency-token': 'a' }, unchecked);
      expect(sent()[0]).toMatchObject({ idempotent: false });
    });

    it.each<[string, Record<string, unknown>, string, RegExp]>([
      ['a path without its value', {}, 'orderId', /is required/],
      ['an empty path value', { orderId: '' }, 'orderId', /must not be empty/],
      ['a path value that climbs', { orderId: '..' }, 'orderId', /must not be empty, "\." or "\.\."/],
      ['a path value that is no text', { orderId: ['a'] }, 'orderId', /must be text/],
      ['an object in the query', { orderId: '1', aNewOne: {} }, 'aNewOne', /must be text, a number/],
      ['a Date in the query', { orderId: '1', aNewOne: new Date() }, 'aNewOne', /toISOString/],
      ['a body of a GET', { orderId: '1', body: {} }, 'body', /cannot be sent with a GET/],
      ['an empty list', { orderId: '1', includedData: [] }, 'includedData', /must not be an empty list/],
    ])('still refuses what cannot be written into a request: %s', async (_, params, field, message) => {
      const { connector, sent } = await recorder();
      await expect(connector.call(getOrder, params, unchecked)).rejects.toMatchObject({
        name: 'ValidationError',
        operation: 'orders.getOrder',
        field,
        message: expect.stringMatching(message),
      });
      expect(sent()).toEqual([]);
    });

    it('is off by default, and every refusal tells of it', async () => {
      const { connector, sent } = await recorder();
      await expect(connector.call(searchOrders, { aNewOne: 'x' })).rejects.toMatchObject({
        field: 'aNewOne',
        remedy: expect.stringContaining('unchecked: true'),
      });
      await expect(connector.call(searchOrders, { aNewOne: 'x' }, { unchecked: false })).rejects.toThrow();
      expect(sent()).toEqual([]);
    });
  });

  it('names a marketplace by its id, however the caller named it', async () => {
    const { connector, sent } = await recorder();
    await connector.orders.confirmShipment({
      orderId: orderId('902-1234567-1234567'),
      marketplaceId: 'ZA' as MarketplaceId,
      packageId: '1',
      carrier: 'DHL',
      trackingNumber: 'T1',
      shippedAt: '2026-11-03T10:00:00+02:00',
      items: [{ orderItemId: '1', quantity: 1 }],
    });
    expect(JSON.parse(String(sent()[0]?.body))).toMatchObject({ marketplaceId: 'AE08WJ6YKNBMC' });
  });

  it('tells the caller about the answer when asked to', async () => {
    const { connector } = await recorder();
    const told: number[] = [];
    await connector.api('sellers').getAccount({}, { onAnswer: ({ status }) => told.push(status) });
    expect(told).toEqual([200]);
  });
});
