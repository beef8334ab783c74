import { describe, expect, it } from '@jest/globals';
import { linesOf, reportOf } from './bench-report.js';

const result = {
  figures: { 'requests per second': 1200 },
  bars: [
    { what: 'at least 1,000 a second', value: 1200, limit: 1000, ok: true },
    { what: 'at least 2,000 a second', value: 1200, limit: 2000, ok: false },
  ],
};

describe('a bench report', () => {
  it('is one JSON object with when, where, what and how it stands to its bars', () => {
    const report = reportOf('gateway', result, new Date(0));
    expect(JSON.parse(JSON.stringify(report))).toEqual({
      bench: 'gateway',
      date: '1970-01-01T00:00:00.000Z',
      machine: expect.stringMatching(/^\d+ cores .*GiB, Node \d+/),
      ...result,
    });
  });

  it('marks a bar that was missed', () => {
    const lines = linesOf(reportOf('gateway', result, new Date(0)));
    expect(lines.filter((line) => line.includes('MISSED'))).toHaveLength(1);
    expect(lines[1]).toContain('1200');
  });
});
