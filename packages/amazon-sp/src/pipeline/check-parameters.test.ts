import { findOperation, type OperationDescriptor, operations } from '@fluxori/amazon-sp-models';
import type { ValidationError } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { checkParameters } from './check-parameters.js';

const search = findOperation('orders', 'searchOrders') as OperationDescriptor;
const summaries = findOperation('fbaInventory', 'getInventorySummaries') as OperationDescriptor;
const catalog = findOperation('catalogItems', 'searchCatalogItems') as OperationDescriptor;
const getOrder = findOperation('orders', 'getOrder') as OperationDescriptor;
const createFeed = findOperation('feeds', 'createFeed') as OperationDescriptor;

function problemsOf(operation: OperationDescriptor, params: Record<string, unknown>): readonly string[] {
  try {
    checkParameters(operation, params, { region: 'eu', account: 'acme-za' });
    return [];
  } catch (error) {
    return (error as ValidationError).problems;
  }
}

const upload = findOperation('uploads', 'createUploadDestinationForResource') as OperationDescriptor;

describe('parameters are checked before anything is sent', () => {
  it('lets good ones pass', () => {
    expect(
      problemsOf(search, {
        lastUpdatedAfter: '2026-01-31T08:00:00+02:00',
        marketplaceIds: ['AE08WJ6YKNBMC'],
        fulfillmentStatuses: ['SHIPPED'],
        paginationToken: undefined,
      }),
    ).toEqual([]);
  });

  it.each<[string, OperationDescriptor, Record<string, unknown>, RegExp]>([
    [
      'a missing one',
      summaries,
      { granularityType: 'Marketplace', granularityId: 'AE08WJ6YKNBMC' },
      /^marketplaceIds: is required \(list\)/,
    ],
    [
      'an unknown one',
      search,
      { lastUpdateAfter: '2026-01-31T08:00:00Z' },
      /^lastUpdateAfter: is no parameter .* did you mean "lastUpdatedAfter"\?/,
    ],
    [
      'a malformed date',
      search,
      { lastUpdatedAfter: '31.01.2026' },
      /^lastUpdatedAfter: must be a date and time in ISO 8601/,
    ],
    [
      'a date without its offset',
      search,
      { lastUpdatedAfter: '2026-01-31T08:00:00' },
      /^lastUpdatedAfter: must be/,
    ],
    [
      'a day that the calendar lacks',
      search,
      { lastUpdatedAfter: '2026-02-31T08:00:00Z' },
      /^lastUpdatedAfter: must be/,
    ],
    [
      'a Date instead of text',
      search,
      { lastUpdatedAfter: new Date() },
      /^lastUpdatedAfter: must be text, not a Date \(pass date\.toISOString/,
    ],
    [
      'a value that is none of the known',
      search,
      { fulfillmentStatuses: ['SHIPED'] },
      /^fulfillmentStatuses: item 1 must be one of .* did you mean "SHIPPED"/,
    ],
    [
      'a number out of range',
      catalog,
      { marketplaceIds: ['AE08WJ6YKNBMC'], pageSize: 21 },
      /^pageSize: must be 20 or less, not 21/,
    ],
    [
      'a fraction',
      catalog,
      { marketplaceIds: ['AE08WJ6YKNBMC'], pageSize: 1.5 },
      /^pageSize: must be a whole number/,
    ],
    [
      'a number as text',
      catalog,
      { marketplaceIds: ['AE08WJ6YKNBMC'], pageSize: '5' },
      /^pageSize: must be a number, not a string/,
    ],
    [
      'a list that is too long',
      summaries,
      {
        granularityType: 'Marketplace',
        granularityId: 'x',
        marketplaceIds: ['AE08WJ6YKNBMC'],
        sellerSkus: Array(51).fill('a'),
      },
      /^sellerSkus: takes at most 50 items, has 51/,
    ],
    [
      'an empty list that is required',
      summaries,
      { granularityType: 'Marketplace', granularityId: 'x', marketplaceIds: [] },
      /^marketplaceIds: must not be an empty list/,
    ],
    [
      'an empty list, which would be left out and so ask for all',
      search,
      { lastUpdatedAfter: '2026-01-01T00:00:00Z', marketplaceIds: [] },
      /^marketplaceIds: must not be an empty list; leave it out to ask for all/,
    ],
    [
      'text instead of a list',
      search,
      { marketplaceIds: 'AE08WJ6YKNBMC' },
      /^marketplaceIds: must be a list, not a string/,
    ],
    [
      'text instead of a truth value',
      summaries,
      {
        granularityType: 'Marketplace',
        granularityId: 'x',
        marketplaceIds: ['AE08WJ6YKNBMC'],
        details: 'true',
      },
      /^details: must be true or false/,
    ],
    ['an empty path value', getOrder, { orderId: '' }, /^orderId: must not be empty/],
    ['a path value that climbs', getOrder, { orderId: '..' }, /^orderId: must not be empty, "\." or "\.\."/],
    ['a missing body', createFeed, {}, /^body: is required \(object\)/],
    ['a body of another type', createFeed, { body: 'text' }, /^body: must be an object/],
    [
      'a marketplace of another region in a body',
      createFeed,
      {
        body: { feedType: 'JSON_LISTINGS_FEED', marketplaceIds: ['ATVPDKIKX0DER'], inputFeedDocumentId: 'x' },
      },
      /^body\.marketplaceIds: marketplace US .* is in region na/,
    ],
    [
      'an unknown marketplace',
      search,
      { marketplaceIds: ['AE08WJ6YKNBMD'] },
      /^marketplaceIds: "AE08WJ6YKNBMD" is no Amazon marketplace; did you mean "AE08WJ6YKNBMC"/,
    ],
    [
      'a marketplace of another region',
      search,
      { marketplaceIds: ['ATVPDKIKX0DER'] },
      /^marketplaceIds: marketplace US .* is in region na, and this account is in region eu/,
    ],
    [
      'a country code where Amazon takes ids',
      search,
      { marketplaceIds: ['ZA'] },
      /^marketplaceIds: Amazon takes ids here: write "AE08WJ6YKNBMC"/,
    ],
  ])('refuses %s and names the field', (_, operation, params, problem) => {
    expect(problemsOf(operation, params)).toEqual([expect.stringMatching(problem)]);
  });

  it.each([[null], ['2026-01-01'], [[]]])('refuses %j where parameters belong', (params) => {
    expect(() => checkParameters(search, params as never, { region: 'eu' })).toThrow(
      expect.objectContaining({
        name: 'ValidationError',
        operation: 'orders.searchOrders',
        message: expect.stringContaining(
          'orders.searchOrders was not sent: its parameters must be an object',
        ),
      }),
    );
  });

  it('lets a value of several path segments pass, but none that climbs', () => {
    const rest = { marketplaceIds: ['AE08WJ6YKNBMC'], contentMD5: 'x' };
    expect(problemsOf(upload, { ...rest, resource: 'aplus/2020-11-01/contentDocuments' })).toEqual([]);
    expect(problemsOf(upload, { ...rest, resource: 'aplus/../orders' })).toEqual([
      expect.stringMatching(/^resource: must not be empty/),
    ]);
  });

  const transactions = findOperation('finances', 'listTransactions') as OperationDescriptor;

  it.each([
    '2023-01-12',
    '2024-02-29',
    '2023-01-12T10:00Z',
    '2023-01-12T10:00:00Z',
    '2023-01-12T10:00:00z',
    '2023-01-12T10:00:00.123Z',
    '2023-01-12T10:00:00.123456789+02:00',
    '2023-01-12T10:00:00-07',
    '2023-01-12T10:00-0730',
    '2023-01-12T23:59:59+05:30',
  ])('takes %s as a date and time, as Amazon does', (postedAfter) => {
    expect(problemsOf(transactions, { postedAfter })).toEqual([]);
  });

  it.each([
    '',
    'yesterday',
    '12.01.2023',
    '2023-1-12',
    '20230112',
    '2026-13-01',
    '2026-02-30',
    '2023-02-29T10:00:00Z',
    '2026-01-01T24:00Z',
    '2026-01-01T25:00Z',
    '2026-01-01T10:60Z',
    '2026-01-01T10:00:60Z',
    '2026-01-01T10Z',
    '2026-01-01T10:00',
    '2026-01-01T10:00:00.Z',
    '2026-01-01T10:00:00+2',
    '2026-01-01T10:00:00+99',
    '2026-01-01T10:00:00+02:75',
    '2026-01-01 10:00:00Z',
    ' 2026-01-01',
    '2026-01-01Z',
  ])('refuses "%s", which is no date, and says how one is written', (postedAfter) => {
    expect(problemsOf(transactions, { postedAfter })).toEqual([
      expect.stringMatching(
        /^postedAfter: must be a date and time in ISO 8601 with an offset, e\.g\. 2026-01-31T08:00:00Z, or a date/,
      ),
    ]);
  });

  it('refuses a time where Amazon takes a day', () => {
    const day = operations.find(({ parameters }) => parameters.some(({ format }) => format === 'date'));
    const name = day?.parameters.find(({ format }) => format === 'date')?.name as string;
    expect(problemsOf(day as OperationDescriptor, { [name]: '2026-01-31T08:00:00Z' })).toContainEqual(
      `${name}: must be a date in ISO 8601, e.g. 2026-01-31`,
    );
    expect(problemsOf(day as OperationDescriptor, { [name]: '2026-01-31' }).join()).not.toContain(`${name}:`);
  });

  it('lists every problem at once', () => {
    const problems = problemsOf(catalog, { pageSize: 99, keyword: ['x'], identifiersType: 'EIN' });
    expect(problems).toHaveLength(5);
    expect(problems.join()).toMatch(
      /keyword:.*did you mean "keywords".*identifiersType:.*marketplaceIds: is required.*pageSize:.*identifiers: is needed/s,
    );
  });

  it('says operation, account, field and code', () => {
    expect(() =>
      checkParameters(search, { marketplaceIds: ['JP', 'US'] }, { region: 'eu', account: 'acme-za' }),
    ).toThrow(
      expect.objectContaining({
        operation: 'orders.searchOrders',
        account: 'acme-za',
        field: 'marketplaceIds',
      }),
    );
    expect(() => checkParameters(search, { marketplaceIds: ['ATVPDKIKX0DER'] }, { region: 'eu' })).toThrow(
      expect.objectContaining({ code: 'MARKETPLACE_WRONG_REGION' }),
    );
  });
});
