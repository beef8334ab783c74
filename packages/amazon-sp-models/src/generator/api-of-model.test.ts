import { describe, expect, it } from '@jest/globals';
import { apiOfModel, moduleOf, newestFirst } from './api-of-model.js';

describe('apiOfModel', () => {
  it.each([
    ['orders_2026-01-01.json', 'orders'],
    ['ordersV0.json', 'orders'],
    ['fbaInventory.json', 'fbaInventory'],
    ['replenishment-2022-11-07.json', 'replenishment'],
    ['deliveryShipmentInvoiceV2022-07-01.json', 'deliveryShipmentInvoice'],
    ['shippingV2.json', 'shipping'],
    ['InvoicesApiModel_2024-06-19.json', 'invoices'],
    ['definitionsProductTypes_2020-09-01.json', 'productTypeDefinitions'],
    ['fbaInbound.json', 'fbaInboundEligibility'],
  ])('calls %s %s', (file, api) => {
    expect(apiOfModel(file)).toBe(api);
  });

  it('refuses a file that gives no camelCase name, and says what to do', () => {
    expect(() => apiOfModel('New-Api_2027-01-01.json')).toThrow('add a row to api-of-model.ts');
  });
});

describe('newestFirst', () => {
  it('puts dates before numbers, and the newest first among each', () => {
    const versions = ['v0', '2021-12-28', 'v10', 'v2', '2026-01-01'];
    expect(versions.sort(newestFirst)).toEqual(['2026-01-01', '2021-12-28', 'v10', 'v2', 'v0']);
  });
});

describe('moduleOf', () => {
  it('names the file of an API version in kebab-case', () => {
    expect(moduleOf('fbaInventory', 'v1')).toBe('fba-inventory-v1');
    expect(moduleOf('listingsItems', '2021-08-01')).toBe('listings-items-2021-08-01');
  });
});
