import { isErrorOf, type MarketplaceId } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { economics } from './datasets/economics.js';
import { salesAndTrafficByAsin, salesAndTrafficByDate } from './datasets/sales-and-traffic.js';
import { queryKey, querySubject } from './query-text.js';

const dataset = 'analytics_salesAndTraffic_2024_04_24';
const query = `query { ${dataset} { salesAndTrafficByAsin(startDate: "2026-11-01") { childAsin sku } } }`;

describe('what a query is about', () => {
  it.each([
    [query],
    [
      `query Mine {\n  ${dataset} {\n  salesAndTrafficByAsin(x: {a: [1, 2]}) { childAsin } # a comment {\n } }`,
    ],
    [`{ a: ${dataset} { b: salesAndTrafficByAsin(s: "a { # ( b") { c } } }`],
  ])('is its dataset and view: %j', (text) => {
    expect(querySubject(text, 'acme')).toEqual({ dataset, view: 'salesAndTrafficByAsin' });
  });

  it.each([
    ['', /is empty/],
    ['# only a comment', /is empty/],
    ['query { a { b { c } }', /lacks its \} at the end/],
    ['query { a { b( { c } } }', /has a \} that nothing opens/],
    ['query { a { b(x: "1) { c } } }', /without its closing quote/],
    ['query { }', /asks for nothing/],
    ['query { a }', /asks for nothing/],
    ['{ analytics_salesAndTraffic_2023_11_15 { x { y } } }', /switched off .*2023_11_15/],
    [`{ a { b { ${'field '.repeat(1_600)} } } }`, /has 9\d{3} characters, and Amazon takes 8000/],
  ])('%j is refused before it is sent, naming the field', (text, said) => {
    let error: unknown;
    try {
      querySubject(text, 'acme');
    } catch (thrown) {
      error = thrown;
    }
    expect(isErrorOf(error, 'ValidationError') && [error.field, error.account]).toEqual(['query', 'acme']);
    expect(String(error)).toMatch(said);
  });

  it('does not count whitespace and comments, which Amazon does not count', () => {
    const spacious = query.replace('childAsin', `childAsin${'\n  # why\n'.repeat(2_000)}`);
    expect(querySubject(spacious, 'acme').dataset).toBe(dataset);
  });
});

describe('the key of a query', () => {
  it('is the same however it is laid out, and another for another question', () => {
    const other = `query{${dataset}{salesAndTrafficByAsin(startDate:"2026-11-01"){childAsin,\n sku # last\n}}}`;
    expect(queryKey(other)).toBe(queryKey(query));
    for (const [from, to] of [
      ['11-01', '11-02'],
      ['sku', 'parentAsin'],
      ['childAsin sku', 'childAsinsku'],
      ['"2026-11-01"', '"2026 -11-01"'],
    ] as const)
      expect(queryKey(query.replace(from, to))).not.toBe(queryKey(query));
  });
});

describe('queries whose rows are known', () => {
  const span = {
    startDate: '2026-11-01',
    endDate: '2026-11-02',
    marketplaceIds: ['AE08WJ6YKNBMC' as MarketplaceId],
  };

  it('are as short as Amazon wants them and say what they are about', () => {
    const account = 'acme';
    expect(querySubject(salesAndTrafficByAsin(span).query, account).view).toBe('salesAndTrafficByAsin');
    expect(querySubject(salesAndTrafficByDate(span).query, account).view).toBe('salesAndTrafficByDate');
    const { query: text } = economics({ ...span, date: 'DAY' });
    expect(querySubject(text, account).dataset).toBe('analytics_economics_2024_03_15');
    expect(text).toContain('aggregateBy: {date: DAY, productId: MSKU}');
    expect(text).toContain('marketplaceIds: ["AE08WJ6YKNBMC"]');
    expect(text).toContain('ads { adTypeName charge { amount { amount currencyCode }');
  });
});
