import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../sandbox.js';
import { startSandbox } from '../../start-sandbox.js';
import { Wire } from '../../testing/wire.js';

const path = '/sales/v1/orderMetrics';
const marketplaceIds = 'AE08WJ6YKNBMC';
const epoch = new Date('2026-11-18T02:20:00Z');
const day = { marketplaceIds, granularity: 'Day', granularityTimeZone: 'Africa/Johannesburg' };

describe('Sales by time', () => {
  let sandbox: Sandbox;
  let wire: Wire;

  beforeAll(async () => {
    const clock = { now: () => epoch.getTime(), sleep: async () => {} };
    sandbox = await startSandbox({ orders: 100, skus: 10, rateLimits: false, epoch, clock });
    wire = new Wire(sandbox);
  });
  afterAll(() => sandbox.close());

  it('are cut at midnight of the zone, and written with its offset, without seconds', async () => {
    const interval = '2026-11-14T10:00:00+02:00--2026-11-17T00:00:00+02:00';
    const { json } = await wire.get(path, { ...day, interval });
    expect(json.payload.map((one: { interval: string }) => one.interval)).toEqual([
      '2026-11-14T10:00+02:00--2026-11-15T00:00+02:00',
      '2026-11-15T00:00+02:00--2026-11-16T00:00+02:00',
      '2026-11-16T00:00+02:00--2026-11-17T00:00+02:00',
    ]);
    const [{ unitCount, averageUnitPrice, totalSales }] = json.payload;
    expect(typeof totalSales.amount).toBe('string');
    expect(Number(averageUnitPrice.amount) * unitCount).toBeCloseTo(Number(totalSales.amount), 0);
  });

  it('cut months by their length and weeks on the day that is asked for', async () => {
    const interval = '2026-10-20T00:00:00Z--2026-11-10T00:00:00Z';
    const of = async (more: object) =>
      (await wire.get(path, { ...day, granularityTimeZone: 'UTC', interval, ...more })).json.payload.map(
        (one: { interval: string }) => one.interval.slice(0, 10),
      );
    expect(await of({ granularity: 'Month' })).toEqual(['2026-10-20', '2026-11-01']);
    expect(await of({ granularity: 'Week' })).toEqual([
      ...['2026-10-20', '2026-10-26', '2026-11-02', '2026-11-09'],
    ]);
    expect(await of({ granularity: 'Week', firstDayOfWeek: 'Sunday' })).toEqual([
      ...['2026-10-20', '2026-10-25', '2026-11-01', '2026-11-08'],
    ]);
    expect(await of({ granularity: 'Total' })).toHaveLength(1);
  });

  const good = '2026-11-14T00:00:00+02:00--2026-11-17T00:00:00+02:00';
  it.each([
    [{ interval: '2026-11-14T00:00:00Z--2026-11-17T00:00:00Z' }, /offsets must be those of Africa/],
    [{ interval: '2026-11-14--2026-11-17' }, /two dates with offsets/],
    [{ interval: '2026-11-17T00:00:00+02:00--2026-11-14T00:00:00+02:00' }, /end must be after/],
    [{ granularityTimeZone: undefined }, /required for granularities greater than Hour/],
    [{ granularityTimeZone: 'Mars/Olympus' }, /no time zone/],
    [{ asin: 'B00EXAMPLE', sku: 'A' }, /both ASIN and SKU/],
    [
      {
        ...{ granularity: 'Hour', granularityTimeZone: undefined },
        interval: '2026-10-01T00:00:00Z--2026-11-01T00:00:00Z',
      },
      /too long ago/,
    ],
    [{ interval: '2023-11-14T00:00:00+02:00--2026-11-17T00:00:00+02:00' }, /too long ago/],
  ])('refuse %j', async (wrong, said) => {
    const query = Object.entries({ ...day, interval: good, ...wrong }).filter(([, value]) => value);
    const answer = await wire.get(path, Object.fromEntries(query) as Record<string, string>);
    expect(answer.status).toBe(400);
    expect(answer.json.errors[0].details).toMatch(said);
  });
});
