import { operations } from '@fluxori/amazon-sp-models';
import { describe, expect, it } from '@jest/globals';
import { grantlessOperations } from './auth/grantless-operations.js';
import { operationsThatTellRecipients } from './auth/personal-data.js';
import { restrictedOperations } from './auth/restricted-operations.js';
import { applicationLimits } from './limits/application-limits.js';
import { isIdempotent, repeatableOperations } from './pipeline/idempotency.js';
import { parametersReadTwice } from './pipeline/read-twice.js';

const keys = new Set(operations.map(({ api, version, operationId }) => `${api}@${version}.${operationId}`));
const names = new Set(operations.map(({ api, operationId }) => `${api}.${operationId}`));
const keyOf = (row: { api: string; version: string; operationId: string }) =>
  `${row.api}@${row.version}.${row.operationId}`;

describe('our own tables name only operations that there are', () => {
  it.each(Object.keys(grantlessOperations))('grantless %s', (key) => expect(keys).toContain(key));
  it.each(restrictedOperations.map(keyOf))('restricted %s', (key) => expect(keys).toContain(key));
  it.each(applicationLimits.map(keyOf))('limited per application: %s', (key) => expect(keys).toContain(key));
  it.each(operationsThatTellRecipients)('telling a recipient: %s', (key) => expect(keys).toContain(key));
  it.each(repeatableOperations)('repeatable %s', (name) => expect(names).toContain(name));

  it.each(parametersReadTwice)('read twice: %s', (name) => {
    const all = operations.flatMap((one) =>
      one.parameters.map((parameter) => `${keyOf(one)}.${parameter.name}`),
    );
    expect(all).toContain(name);
  });

  it('holds every operation that the models call grantless', () => {
    const inModels = operations.filter((operation) => operation.grantless).map(keyOf);
    expect(Object.keys(grantlessOperations)).toEqual(expect.arrayContaining(inModels));
  });
});

describe('what may be sent twice', () => {
  const operation = (key: string) =>
    operations.find((one) => keyOf(one) === key) as (typeof operations)[number];

  it.each([
    ['orders@2026-01-01.searchOrders', true],
    ['listingsItems@2021-08-01.putListingsItem', true],
    ['listingsItems@2021-08-01.deleteListingsItem', true],
    ['listingsItems@2021-08-01.patchListingsItem', true],
    ['productPricing@v0.getItemOffersBatch', true],
    ['tokens@2021-03-01.createRestrictedDataToken', true],
    ['orders@v0.confirmShipment', false],
    ['feeds@2021-06-30.createFeed', false],
    ['reports@2021-06-30.createReport', false],
    ['applicationManagement@2023-11-30.rotateApplicationClientSecret', false],
    ['fulfillmentOutbound@2020-07-01.createFulfillmentOrder', false],
  ])('%s: %p', (key, expected) => expect(isIdempotent(operation(key))).toBe(expected));

  it('takes an idempotency key as leave to repeat', () => {
    const purchase = operation('shipping@v2.purchaseShipment');
    expect(isIdempotent(purchase, { body: {} })).toBe(false);
    expect(isIdempotent(purchase, { body: {}, 'x-amzn-IdempotencyKey': 'k' })).toBe(true);
  });
});
