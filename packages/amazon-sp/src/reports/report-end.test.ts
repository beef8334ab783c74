import { describe, expect, it } from '@jest/globals';
import { cancelledError, cancelReason, fatalError, lostError, reasonIn, stuckError } from './report-end.js';
import type { AmazonReport } from './report-lookup.js';

const report: AmazonReport = {
  reportId: '5',
  reportType: 'GET_AFN_INVENTORY_DATA',
  createdTime: '2026-11-21T08:00:00Z',
  processingStatus: 'CANCELLED',
};
const begun = { ...report, processingStartTime: '2026-11-21T08:00:05Z' };
const nothing = { cancelledByUs: false, madeShortlyBefore: false };
const spec = { reportType: report.reportType, marketplaceIds: [], restricted: false };
const context = { account: 'acme-za' };

describe('why a report was cancelled', () => {
  it('is told as well as it can be known', () => {
    expect(cancelReason(begun, nothing)).toBe('no-data');
    expect(cancelReason(report, { ...nothing, madeShortlyBefore: true })).toBe('too-often');
    expect(cancelReason(report, { ...nothing, cancelledByUs: true })).toBe('by-us');
    expect(cancelReason(report, nothing)).toBe('unknown');
  });
});

describe('the end of a report', () => {
  const ends = [
    cancelledError(report, 'no-data', context),
    cancelledError(report, 'too-often', context),
    cancelledError(report, 'by-us', context),
    cancelledError(report, 'unknown', context),
    fatalError(report, 'startDate is after endDate', context),
    fatalError(report, undefined, context),
    stuckError('5', spec, 21_600_000, 'IN_QUEUE', context),
    lostError(spec, 5, context),
  ];

  it('is an error of its own, which says what, for whom and what to do, and is not simply tried again', () => {
    expect(ends.map(({ code }) => code)).toEqual([
      ...Array(4).fill('REPORT_CANCELLED'),
      ...Array(2).fill('REPORT_FATAL'),
      'REPORT_STUCK',
      'REPORT_LOST',
    ]);
    for (const error of ends) {
      expect(error.message).toContain('for acme-za');
      expect(error.message).toMatch(/[^.]\.$/);
      expect(error.remedy?.length).toBeGreaterThan(15);
      expect(error.retryable).toBe(false);
    }
    expect(new Set(ends.map(({ message }) => message)).size).toBe(ends.length);
    expect(ends[6]?.message).toContain('has been IN_QUEUE for 6 hours');
  });
});

describe('the reason in the document of a report that failed', () => {
  it.each([
    ['{"errorDetails":"The date range is too long."}', 'The date range is too long'],
    ['{"errors":[{"code":"X"}]}', '[{"code":"X"}]'],
    ['Plain words.\n', 'Plain words'],
    ['', undefined],
  ])('%j says %j', (text, reason) => expect(reasonIn(text)).toBe(reason));
});
