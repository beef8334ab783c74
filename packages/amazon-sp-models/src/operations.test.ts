import { describe, expect, it } from '@jest/globals';
import { versions } from './generated/versions.js';
import {
  apiNames,
  defaultVersionOf,
  findOperation,
  isApiName,
  type OperationDescriptor,
  operations,
  type ParameterDescriptor,
  versionsOf,
} from './index.js';

const nameOf = ({ api, version, operationId }: OperationDescriptor) => `${api} ${version} ${operationId}`;
const withParameters = operations.flatMap((operation) =>
  operation.parameters.map((parameter): [string, ParameterDescriptor] => [nameOf(operation), parameter]),
);
const find = (test: (parameter: ParameterDescriptor, operation: string) => boolean) =>
  withParameters
    .filter(([operation, parameter]) => test(parameter, operation))
    .map(([operation]) => operation);

describe('the table of operations', () => {
  it('holds the 370 operations of 66 models of 54 APIs', () => {
    expect(operations).toHaveLength(370);
    expect(Object.values(versions).flat()).toHaveLength(66);
    expect(apiNames).toHaveLength(54);
    expect(new Set(operations.map(({ api, version }) => `${api} ${version}`)).size).toBe(66);
  });

  it('names every operation once within its API version', () => {
    expect(new Set(operations.map(nameOf)).size).toBe(370);
  });

  it('sends no two operations of any API to the same method and path', () => {
    expect(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size).toBe(370);
  });

  it('has a path parameter for every placeholder, and a placeholder for every path parameter', () => {
    const wrong = operations.filter(({ path, parameters }) => {
      const placeholders = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name).sort();
      const named = parameters
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name)
        .sort();
      return JSON.stringify(placeholders) !== JSON.stringify(named);
    });
    expect(wrong.map(nameOf)).toEqual([]);
  });

  it('starts every path with a slash and puts no query into it', () => {
    expect(operations.filter(({ path }) => !/^\/[^?#]+$/.test(path)).map(nameOf)).toEqual([]);
  });

  it('requires every path parameter, and types it as text or number', () => {
    expect(find((p) => p.in === 'path' && !(p.required && /string|integer/.test(p.type)))).toEqual([]);
  });

  it('names parameters of one operation differently, so that they fit into one flat object', () => {
    const wrong = operations.filter(
      ({ parameters }) => new Set(parameters.map(({ name }) => name)).size < parameters.length,
    );
    expect(wrong.map(nameOf)).toEqual([]);
  });

  it('calls the body, and only the body, `body`', () => {
    expect(find((p) => (p.in === 'body') !== (p.name === 'body'))).toEqual([]);
  });

  it('gives no GET a body, since Amazon answers 400 to that', () => {
    const wrong = operations.filter(
      ({ method, parameters }) => method === 'GET' && parameters.some((p) => p.in === 'body'),
    );
    expect(wrong.map(nameOf)).toEqual([]);
  });

  it('says of every list outside the body what it holds and how it travels', () => {
    expect(
      find((p) => p.in !== 'body' && (p.type === 'array') !== (!!p.items && !!p.collectionFormat)),
    ).toEqual([]);
  });

  it('repeats only the lists of which the model says so; all others are joined by commas', () => {
    expect(find((p) => p.collectionFormat === 'multi')).toEqual([
      'fulfillmentInbound 2024-03-20 listItemComplianceDetails',
      'fulfillmentInbound 2024-03-20 listPrepDetails',
    ]);
    expect(find((p) => p.collectionFormat !== undefined && !/csv|multi/.test(p.collectionFormat))).toEqual(
      [],
    );
  });

  it('gives defaults of the type of their parameter', () => {
    const typeOf = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value);
    const expected = (p: ParameterDescriptor) => (p.type === 'integer' ? 'number' : p.type);
    expect(find((p) => p.default !== undefined && typeOf(p.default) !== expected(p))).toEqual([]);
    expect(find((p) => p.default !== undefined).length).toBeGreaterThan(50);
  });

  it('has patterns that are regular expressions', () => {
    const patterns = withParameters
      .flatMap(([, p]) => [p.pattern, p.items?.pattern])
      .filter((p) => p !== undefined);
    expect(patterns.length).toBeGreaterThan(70);
    for (const pattern of patterns) expect(() => new RegExp(pattern, 'u')).not.toThrow();
  });

  it('lets only the resource of an upload keep its slashes', () => {
    expect(find((p) => p.greedy === true)).toEqual(['uploads 2020-11-01 createUploadDestinationForResource']);
  });

  it('has a success code and the throttling code for every operation', () => {
    const wrong = operations.filter(
      ({ successCodes, errorCodes }) => !successCodes.length || !errorCodes.includes(429),
    );
    expect(wrong.map(nameOf)).toEqual([]);
    expect(
      operations.flatMap(({ successCodes }) => successCodes).every((code) => code >= 200 && code < 300),
    ).toBe(true);
    expect(operations.flatMap(({ errorCodes }) => errorCodes).every((code) => code >= 400)).toBe(true);
  });
});

describe('usage plans', () => {
  it('are there for 300 operations, rate and burst together, and positive', () => {
    const planned = operations.filter(({ rate }) => rate !== undefined);
    expect(planned).toHaveLength(300);
    expect(planned.every(({ rate = 0, burst = 0 }) => rate > 0 && burst >= 1)).toBe(true);
    expect(operations.filter(({ rate, burst }) => rate === undefined && burst !== undefined)).toEqual([]);
  });

  it.each([
    ['orders', '2026-01-01', 'searchOrders', 0.0056, 20],
    ['orders', '2026-01-01', 'getOrder', 0.5, 30],
    ['orders', 'v0', 'getOrders', 0.0167, 20],
    ['orders', 'v0', 'confirmShipment', 2, 10],
    ['fbaInventory', 'v1', 'getInventorySummaries', 2, 2],
    ['fulfillmentInbound', '2024-03-20', 'listItemComplianceDetails', 2, 6],
    ['catalogItems', '2022-04-01', 'searchCatalogItems', 2, 2],
    ['listingsItems', '2021-08-01', 'patchListingsItem', 5, 5],
    ['productPricing', 'v0', 'getItemOffersBatch', 0.1, 1],
    ['productPricing', '2022-05-01', 'getCompetitiveSummary', 0.033, 1],
    ['productTypeDefinitions', '2020-09-01', 'getDefinitionsProductType', 5, 10],
    ['sellers', 'v1', 'getMarketplaceParticipations', 0.016, 15],
    ['feeds', '2021-06-30', 'createFeed', 0.0083, 15],
    ['feeds', '2021-06-30', 'getFeed', 2, 15],
    ['reports', '2021-06-30', 'getReports', 0.0222, 10],
    ['reports', '2021-06-30', 'getReportDocument', 0.0167, 15],
    ['tokens', '2021-03-01', 'createRestrictedDataToken', 1, 10],
    ['shipping', 'v2', 'getRates', 80, 100],
    ['supplySources', '2020-07-01', 'getSupplySources', undefined, undefined],
  ])('%s %s %s', (api, version, operationId, rate, burst) => {
    const operation = findOperation(api, operationId, version);
    expect(operation).toBeDefined();
    expect([operation?.rate, operation?.burst]).toEqual([rate, burst]);
  });
});

describe('marks', () => {
  const marked = (mark: 'deprecated' | 'sandboxOnly' | 'dynamicSandbox' | 'grantless') =>
    operations.filter((operation) => operation[mark]).map(nameOf);

  it('deprecates the six reading operations of orders v0', () => {
    expect(marked('deprecated')).toEqual(
      [
        'getOrders',
        'getOrder',
        'getOrderBuyerInfo',
        'getOrderAddress',
        'getOrderItems',
        'getOrderItemsBuyerInfo',
      ].map((operationId) => `orders v0 ${operationId}`),
    );
  });

  it('knows nine operations that only the sandbox has, and 57 for which it keeps state', () => {
    expect(marked('sandboxOnly').sort()).toEqual([
      'fbaInventory v1 addInventory',
      'fbaInventory v1 createInventoryItem',
      'fbaInventory v1 deleteInventoryItem',
      'fulfillmentOutbound 2020-07-01 submitFulfillmentOrderStatusUpdate',
      'fulfillmentOutbound 2026-07-04 updateOrderStatus',
      'fulfillmentOutbound 2026-07-04 updatePackage',
      'notifications v1 sendTestNotification',
      'vendorDirectFulfillmentSandboxData 2021-10-28 generateOrderScenarios',
      'vendorDirectFulfillmentSandboxData 2021-10-28 getOrderScenarios',
    ]);
    expect(marked('dynamicSandbox')).toHaveLength(57);
  });

  it('knows the grantless operations of notifications', () => {
    expect(marked('grantless').sort()).toEqual([
      'notifications v1 createDestination',
      'notifications v1 deleteDestination',
      'notifications v1 deleteSubscriptionById',
      'notifications v1 getDestination',
      'notifications v1 getDestinations',
      'notifications v1 getSubscriptionById',
      'notifications v1 sendTestNotification',
    ]);
  });

  it('notes other content types than JSON, which are those of messaging and solicitations', () => {
    const others = operations.filter(({ consumes, produces }) => consumes || produces);
    expect(new Set(others.map(({ api }) => api))).toEqual(new Set(['messaging', 'solicitations']));
    expect(others.every(({ produces }) => produces?.[0] === 'application/hal+json')).toBe(true);
  });

  it('tells the two operations apart that shipping v2 gives one operationId', () => {
    expect(findOperation('shipping', 'linkCarrierAccount')?.method).toBe('PUT');
    expect(findOperation('shipping', 'linkCarrierAccountPost')).toMatchObject({
      method: 'POST',
      path: '/shipping/v2/carrierAccounts/{carrierId}',
      dynamicSandbox: true,
    });
  });
});

describe('findOperation', () => {
  it('finds every operation under its API, version and operationId', () => {
    for (const operation of operations) {
      expect(findOperation(operation.api, operation.operationId, operation.version)).toBe(operation);
    }
  });

  it('means the default version, and only that, when none is named', () => {
    expect(findOperation('orders', 'searchOrders')?.version).toBe('2026-01-01');
    expect(findOperation('orders', 'confirmShipment')).toBeUndefined();
    expect(findOperation('orders', 'confirmShipment', 'v0')?.method).toBe('POST');
  });

  it('finds nothing for an unknown API, version or operation, also not what objects inherit', () => {
    expect(findOperation('order', 'searchOrders')).toBeUndefined();
    expect(findOperation('orders', 'searchOrders', 'v9')).toBeUndefined();
    expect(findOperation('orders', 'toString')).toBeUndefined();
    expect(findOperation('constructor', 'name')).toBeUndefined();
    expect(isApiName('hasOwnProperty')).toBe(false);
  });
});

describe('versions', () => {
  it('are listed newest first, and the newest that is not wholly deprecated is the default', () => {
    expect(versionsOf('catalogItems')).toEqual(['2022-04-01', '2020-12-01', 'v0']);
    expect(versionsOf('shipping')).toEqual(['v2', 'v1']);
    expect(defaultVersionOf('catalogItems')).toBe('2022-04-01');
    expect(defaultVersionOf('orders')).toBe('2026-01-01');
    expect(defaultVersionOf('sellers')).toBe('v1');
  });

  it('have a default among themselves, with operations that are in use', () => {
    for (const api of apiNames) {
      const version: string = defaultVersionOf(api);
      expect(versionsOf(api)).toContain(version);
      expect(operations.some((o) => o.api === api && o.version === version && !o.deprecated)).toBe(true);
    }
  });

  it('keep the names of APIs, which are part of the public contract', () => {
    expect(apiNames.join(' ')).toBe(
      'aplusContent applicationIntegrations applicationManagement awd catalogItems customerFeedback dataKiosk ' +
        'deliveryShipmentInvoice easyShip externalFulfillmentInventory externalFulfillmentReturns ' +
        'externalFulfillmentShipments fbaInboundEligibility fbaInventory feeds finances financesInvoices ' +
        'fulfillmentInbound fulfillmentOutbound invoices listingsItems listingsRestrictions merchantFulfillment ' +
        'messaging notifications orders productFees productPricing productTypeDefinitions replenishment reports ' +
        'sales sellerWallet sellers services shipmentInvoicing shipping solicitations supplySources tokens ' +
        'tracking transfers uploads vehicles vendorDirectFulfillmentInventory vendorDirectFulfillmentOrders ' +
        'vendorDirectFulfillmentPayments vendorDirectFulfillmentSandboxData vendorDirectFulfillmentShipping ' +
        'vendorDirectFulfillmentTransactions vendorInvoices vendorOrders vendorShipments vendorTransactionStatus',
    );
  });
});
