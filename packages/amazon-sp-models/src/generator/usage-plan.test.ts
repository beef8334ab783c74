import { describe, expect, it } from '@jest/globals';
import { usagePlan } from './usage-plan.js';

const head =
  'Returns things.\n\n**Usage Plan:**\n\n| Rate (requests per second) | Burst |\n| ---- | ---- |\n';

describe('usagePlan', () => {
  it.each([
    ['| 0.0056 | 20 |', { rate: 0.0056, burst: 20 }],
    ['| .5 | 30 |', { rate: 0.5, burst: 30 }],
    ['| 2.0 | 15 |', { rate: 2, burst: 15 }],
    ['|Default| 5 | 10 |\n|Selling partner specific| Variable | Variable |', { rate: 5, burst: 10 }],
  ])('reads %s', (row, plan) => {
    expect(usagePlan(`${head}${row}\n\nFor 7 more | 8 | see there.`)).toEqual(plan);
  });

  it('reads a table whose line breaks are written out, as in listItemComplianceDetails', () => {
    const written = `${head}| 2 | 6 |`.replaceAll('\n', '\\n');
    expect(written).not.toContain('\n');
    expect(usagePlan(written)).toEqual({ rate: 2, burst: 6 });
  });

  it.each(['| n | n |', '| Variable | Variable |', ''])('finds no plan in "%s"', (row) => {
    expect(usagePlan(`${head}${row}\n`)).toEqual({});
  });

  it('finds no plan without a description', () => {
    expect(usagePlan()).toEqual({});
  });
});
