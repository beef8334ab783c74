import { findOperation, type OperationDescriptor, operations } from '@fluxori/amazon-sp-models';
import { describe, expect, it } from '@jest/globals';
import { sampleParams } from '../../testing/sample-params.js';
import { buildRequest, escapeText } from './build-request.js';
import { parametersReadTwice } from './read-twice.js';

const world = {
  marketplaceId: 'AE08WJ6YKNBMC',
  sellerId: 'A2EXAMPLE',
  orderId: '902-1234567-1234567',
  orderItemId: '1',
  quantity: 1,
  sku: 'SKU 1/ä',
  fbaSku: 'SKU,2',
  asin: 'B000000001',
};

describe('a request is built from the table', () => {
  it.each(
    operations.map(
      (operation) => [`${operation.api}@${operation.version}.${operation.operationId}`, operation] as const,
    ),
  )('%s has every value in its place', (_, operation) => {
    const params = sampleParams(operation, world);
    const request = buildRequest(operation, params);
    const url = new URL(request.target, 'https://example.com');
    const key = `${operation.api}@${operation.version}.${operation.operationId}`;
    const twice = ({ name }: { name: string }) => parametersReadTwice.includes(`${key}.${name}`);
    expect(request.method).toBe(operation.method);
    expect(url.pathname).not.toMatch(/[{}]/);
    expect(url.pathname.split('/')).toHaveLength(segments(operation, params));
    for (const parameter of operation.parameters) {
      const value = params[parameter.name];
      if (value === undefined) continue;
      switch (parameter.in) {
        case 'path':
          expect(decodeURIComponent(url.pathname)).toContain(String(value));
          break;
        case 'query':
          expect(
            url.searchParams
              .getAll(parameter.name)
              .map((one) => (twice(parameter) ? decodeURIComponent(one) : one)),
          ).toEqual(parameter.collectionFormat === 'multi' ? value : [String(value)]);
          break;
        case 'header':
          expect(request.headers[parameter.name.toLowerCase()]).toBe(String(value));
          break;
        default:
          expect(JSON.parse(request.body ?? '')).toEqual(value);
          expect(request.headers['content-type']).toBe('application/json');
      }
    }
    const inQuery = operation.parameters.filter((one) => one.in === 'query').map((one) => one.name);
    expect(inQuery).toEqual(expect.arrayContaining([...new Set(url.searchParams.keys())]));
    if (operation.method === 'GET') expect(request.body).toBeUndefined();
  });

  it('joins a list by commas that are not escaped, and repeats a multi parameter', () => {
    const search = findOperation('orders', 'searchOrders') as OperationDescriptor;
    expect(buildRequest(search, { fulfillmentStatuses: ['SHIPPED', 'PENDING'] }).target).toBe(
      '/orders/2026-01-01/orders?fulfillmentStatuses=SHIPPED,PENDING',
    );
    const prep = findOperation('fulfillmentInbound', 'listPrepDetails') as OperationDescriptor;
    expect(buildRequest(prep, { mskus: ['a&b', 'c d'], marketplaceId: 'X' }).target).toContain(
      'mskus=a%26b&mskus=c%20d',
    );
  });

  it('escapes a path value so that it stays one segment, and keeps the slashes of a greedy one', () => {
    const listing = findOperation('listingsItems', 'getListingsItem') as OperationDescriptor;
    expect(buildRequest(listing, { sellerId: 'S', sku: 'a/b (1)*' }).target).toBe(
      '/listings/2021-08-01/items/S/a%2Fb%20%281%29%2A',
    );
    const upload = findOperation('uploads', 'createUploadDestinationForResource') as OperationDescriptor;
    expect(buildRequest(upload, { resource: 'aplus/2020-11-01/x y' }).target).toContain(
      '/aplus/2020-11-01/x%20y',
    );
  });

  it.each(['listPrepDetails', 'listItemComplianceDetails'])(
    'escapes percent, plus and comma of an MSKU twice for %s, which Amazon reads twice',
    (operationId) => {
      const operation = findOperation('fulfillmentInbound', operationId) as OperationDescriptor;
      // The first two are the examples of Amazon's model.
      for (const [msku, escaped] of [
        ['test%msku', 'test%2525msku'],
        ['test,msku', 'test%252Cmsku'],
        ['a+b c&d', 'a%252Bb%20c%26d'],
      ] as const) {
        expect(buildRequest(operation, { mskus: [msku], marketplaceId: 'X+Y' }).target).toMatch(
          new RegExp(`[?&]mskus=${escaped}(&|$)`),
        );
      }
      expect(buildRequest(operation, { mskus: ['a'], marketplaceId: 'X+Y' }).target).toContain(
        'marketplaceId=X%2BY',
      );
    },
  );

  it('leaves out an empty list and absent parameters', () => {
    const search = findOperation('orders', 'searchOrders') as OperationDescriptor;
    expect(buildRequest(search, { marketplaceIds: [], paginationToken: undefined }).target).toBe(
      '/orders/2026-01-01/orders',
    );
  });

  it('escapes all but the unreserved characters', () => {
    expect(escapeText("aZ0-._~!'()*+ä")).toBe('aZ0-._~%21%27%28%29%2A%2B%C3%A4');
  });
});

function segments(operation: OperationDescriptor, params: Record<string, unknown>): number {
  const greedy = operation.parameters.find((one) => one.greedy);
  const extra = greedy === undefined ? 0 : String(params[greedy.name]).split('/').length - 1;
  return operation.path.split('/').length + extra;
}
