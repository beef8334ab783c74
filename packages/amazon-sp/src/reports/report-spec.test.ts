import { isErrorOf, ManualClock, type ValidationError } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { amazonSpConfigSchema } from '../config.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { RegionalEndpointManager } from '../regions/regional-endpoint-manager.js';
import { checkSpec, optionsKey, type ReportSpec, specKey, visibleKey } from './report-spec.js';

const now = new Date('2026-11-21T08:00:00Z');

function contextIn(...marketplaceIds: string[]): SectionContext {
  const config = amazonSpConfigSchema.parse({
    ...{ accountId: 'acme', sellerId: 'A1', clientId: 'c', clientSecret: 's', refreshToken: 'r' },
    marketplaceIds,
  });
  return {
    config,
    endpoints: new RegionalEndpointManager(config),
    clock: new ManualClock(now.getTime()),
    api: undefined as never,
  };
}

const southAfrica = contextIn('ZA');
const germany = contextIn('DE', 'FR');
const orders = 'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL';

function refusal(
  spec: ReportSpec,
  context = southAfrica,
  purpose?: Parameters<typeof checkSpec>[2],
): ValidationError {
  try {
    checkSpec(spec, context, purpose);
  } catch (error) {
    if (isErrorOf(error, 'ValidationError')) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('a report that is asked for', () => {
  it('is checked and put as Amazon takes it', () => {
    const spec = { reportType: orders, from: '2026-11-01', to: new Date('2026-11-20T23:59:59Z') };
    expect(checkSpec(spec, southAfrica)).toEqual({
      reportType: orders,
      marketplaceIds: ['AE08WJ6YKNBMC'],
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-11-20T23:59:59.000Z',
      restricted: false,
    });
  });

  it('is of the first marketplace where its type holds one only, else of all of the account', () => {
    const ids = (reportType: string) => checkSpec({ reportType, from: '2026-11-01' }, germany).marketplaceIds;
    expect(ids(orders)).toEqual(['A1PA6795UKMFR9', 'A13V1IB3VIYZZH']);
    expect(ids('GET_MERCHANT_LISTINGS_ALL_DATA')).toEqual(['A1PA6795UKMFR9']);
  });

  it.each<[string, ReportSpec, SectionContext, string, RegExp]>([
    ['an unknown type', { reportType: 'GET_ORDERS' }, southAfrica, 'reportType', /is not known here/],
    [
      'a type that is nearly right',
      { reportType: 'GET_MERCHANT_LISTING_ALL_DATA' },
      southAfrica,
      'reportType',
      /GET_MERCHANT_LISTINGS_ALL_DATA/,
    ],
    [
      'a retired type',
      { reportType: 'GET_V2_SETTLEMENT_REPORT_DATA_XML' },
      southAfrica,
      'reportType',
      /retired this type \(2026-11-11\)/,
    ],
    [
      'a type that Amazon makes by itself',
      { reportType: 'GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2' },
      southAfrica,
      'reportType',
      /cannot be asked for/,
    ],
    [
      'a type that can only be scheduled',
      { reportType: 'GET_ORDER_REPORT_DATA_SHIPPING' },
      southAfrica,
      'reportType',
      /can only be scheduled/,
    ],
    [
      'a type of another region',
      { reportType: 'GET_FLAT_FILE_ORDER_REPORT_DATA_TAX' },
      southAfrica,
      'reportType',
      /none in the region eu/,
    ],
    [
      'a marketplace without this type',
      { reportType: 'GET_VAT_TRANSACTION_DATA', from: '2026-10-01', to: '2026-10-31' },
      southAfrica,
      'marketplaceIds',
      /none in ZA/,
    ],
    [
      'more marketplaces than one report holds',
      { reportType: 'GET_MERCHANT_LISTINGS_ALL_DATA', marketplaceIds: ['DE', 'FR'] },
      germany,
      'marketplaceIds',
      /one marketplace only/,
    ],
    ['no beginning', { reportType: orders }, southAfrica, 'from', /is needed/],
    [
      'a span that ends before it begins',
      { reportType: orders, from: '2026-11-02', to: '2026-11-01' },
      southAfrica,
      'from',
      /is after `to`/,
    ],
    [
      'a beginning in the future',
      { reportType: orders, from: '2026-12-01' },
      southAfrica,
      'from',
      /in the future/,
    ],
    [
      'a span that is too long',
      { reportType: orders, from: '2026-09-01' },
      southAfrica,
      'from',
      /82 days is too long, Amazon makes 30/,
    ],
    [
      'a span of too long ago',
      { reportType: 'GET_LEDGER_DETAIL_VIEW_DATA', from: '2024-01-01', to: '2024-01-02' },
      southAfrica,
      'from',
      /goes back 548 days/,
    ],
    [
      'a time without a zone',
      { reportType: orders, from: '2026-11-01T08:00:00' },
      southAfrica,
      'from',
      /is no date/,
    ],
    [
      'what is no time',
      { reportType: orders, from: new Date(Number.NaN) },
      southAfrica,
      'from',
      /is no date/,
    ],
    [
      'an option that its type does not have',
      { reportType: 'GET_SALES_AND_TRAFFIC_REPORT', from: '2026-11-01', options: { dateGranularty: 'DAY' } },
      southAfrica,
      'options.dateGranularty',
      /dateGranularity/,
    ],
    [
      'an option of another value',
      {
        reportType: 'GET_SALES_AND_TRAFFIC_REPORT',
        from: '2026-11-01',
        options: { dateGranularity: 'HOUR' },
      },
      southAfrica,
      'options.dateGranularity',
      /cannot be "HOUR"/,
    ],
    [
      'a needed option that is not given',
      { reportType: 'GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT', from: '2026-11-01' },
      southAfrica,
      'options.reportPeriod',
      /is needed/,
    ],
    [
      'a span that is no week',
      {
        reportType: 'GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT',
        from: '2026-11-09',
        to: '2026-11-15',
        options: { reportPeriod: 'WEEK' },
      },
      southAfrica,
      'from',
      /not the first day of a WEEK/,
    ],
  ])('is refused with %s, naming the field and what to do', (_, spec, context, field, says) => {
    const error = refusal(spec, context);
    expect(error.field).toBe(field);
    expect(error.message).toMatch(says);
    expect(error.message).toContain('for acme');
    expect(error.remedy?.length).toBeGreaterThan(10);
  });

  it('is taken for whole weeks, from Sunday to Saturday, and for whole quarters', () => {
    const reportType = 'GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT';
    const week = { reportType, from: '2026-11-08', to: '2026-11-14', options: { reportPeriod: 'WEEK' } };
    expect(checkSpec(week, southAfrica).to).toBe('2026-11-14T00:00:00.000Z');
    const quarter = { ...week, from: '2026-07-01', to: '2026-09-30', options: { reportPeriod: 'QUARTER' } };
    expect(checkSpec(quarter, southAfrica).from).toBe('2026-07-01T00:00:00.000Z');
    expect(refusal({ ...quarter, to: '2026-09-29' }).field).toBe('to');
  });

  it('may be newer than this release: then nothing of it is checked', () => {
    const spec = { reportType: 'GET_NEW_DATA', unchecked: true, restricted: true, options: { any: 'x' } };
    expect(checkSpec(spec, southAfrica)).toMatchObject({ restricted: true, options: { any: 'x' } });
  });

  it('may be looked for although it cannot be asked for', () => {
    const spec = { reportType: 'GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2' };
    expect(checkSpec(spec, southAfrica, 'find').reportType).toBe(spec.reportType);
  });
});

describe('the keys of a report', () => {
  const { reportType } = { reportType: 'GET_LEDGER_SUMMARY_VIEW_DATA' };
  const keyed = (spec: Omit<ReportSpec, 'reportType'>) => {
    const checked = checkSpec({ reportType, from: '2026-11-01', ...spec }, germany);
    return [specKey(checked), visibleKey(checked), optionsKey(checked)];
  };

  it('are equal for equal reports, in whatever order they are written', () => {
    const a = { aggregateByLocation: 'FC', aggregatedByTimePeriod: 'DAILY' };
    const b = { aggregatedByTimePeriod: 'DAILY', aggregateByLocation: 'FC' };
    expect(keyed({ options: a, marketplaceIds: ['DE', 'FR'] })).toEqual(
      keyed({ options: b, marketplaceIds: ['FR', 'DE'] }),
    );
    expect(keyed({ options: {} })).toEqual(keyed({}));
  });

  it('differ by options where Amazon’s list does not', () => {
    const [spec, visible, options] = keyed({ options: { aggregateByLocation: 'FC' } });
    const [otherSpec, otherVisible, otherOptions] = keyed({ options: { aggregateByLocation: 'COUNTRY' } });
    expect(otherSpec).not.toBe(spec);
    expect(otherVisible).toBe(visible);
    expect(otherOptions).not.toBe(options);
    expect(keyed({ from: '2026-11-02' })[1]).not.toBe(visible);
  });
});
