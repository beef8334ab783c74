import { isErrorOf, ManualClock, type SalesInterval } from '@fluxori/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { amazonJobs, type SalesImportResult } from '../index.js';

const dayMs = 86_400_000;
/** In the morning of a Wednesday in South Africa, two hours after a day began in UTC. */
const now = new Date('2026-11-18T02:20:00Z');
const zone = 'Africa/Johannesburg';
let open: Sandboxed;
let clock: ManualClock;

beforeAll(async () => {
  clock = new ManualClock(now.getTime());
  open = await connectToSandbox({
    clock,
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, epoch: now, clock, orders: 300, orderDays: 60, skus: 20 },
  });
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
});

const sum = (intervals: readonly SalesInterval[], of: 'orders' | 'orderItems' | 'units') =>
  intervals.reduce((total, one) => total + one[of], 0);
const cents = (intervals: readonly SalesInterval[]) =>
  intervals.reduce((total, { total: { amount } }) => total + Math.round(Number(amount) * 100), 0);

describe('sales', () => {
  it('are the same however they are cut, without a gap between intervals', async () => {
    const { sales } = open.connector;
    const span = { from: new Date(now.getTime() - 45 * dayMs), to: now, timeZone: zone };
    const [total] = await sales.metrics({ ...span, granularity: 'total' });
    expect(total).toMatchObject({
      ...{ accountId: 'acme-za', marketplaceId: 'AE08WJ6YKNBMC', granularity: 'total', timeZone: zone },
      ...{ from: span.from.toISOString(), to: now.toISOString() },
    });
    expect(total?.orders).toBeGreaterThan(100);
    for (const granularity of ['day', 'week', 'month'] as const) {
      const parts = await sales.metrics({ ...span, granularity });
      expect(parts.length).toBe({ day: 46, week: 8, month: 2 }[granularity]);
      for (const name of ['orders', 'orderItems', 'units'] as const)
        expect([granularity, name, sum(parts, name)]).toEqual([granularity, name, total?.[name]]);
      expect(cents(parts)).toBe(cents([total as SalesInterval]));
      expect(parts.slice(1).map(({ from }) => from)).toEqual(parts.slice(0, -1).map(({ to }) => to));
      // Midnight in South Africa.
      for (const { from } of parts.slice(1)) expect(from).toMatch(/T22:00:00\.000Z$/);
    }
  });

  it('can be asked of a part: business buyers, a way of shipping, a SKU or its product', async () => {
    const { sales, listings } = open.connector;
    const span = { from: new Date(now.getTime() - 45 * dayMs), to: now, granularity: 'total' } as const;
    const of = async (part: object) => (await sales.metrics({ ...span, ...part }))[0] as SalesInterval;
    const all = await of({});
    const split = [await of({ buyers: 'B2B' }), await of({ buyers: 'B2C' })];
    expect(sum(split, 'units')).toBe(all.units);
    const shipped = [await of({ fulfilledBy: 'seller' }), await of({ fulfilledBy: 'marketplace' })];
    expect(sum(shipped, 'units')).toBe(all.units);
    expect(shipped.every(({ units }) => units > 0 && units < all.units)).toBe(true);
    const found: SalesInterval[] = [];
    for await (const { sku, productId } of listings.list({})) {
      const bySku = await of({ sku });
      expect(await of({ productId })).toEqual(bySku);
      found.push(bySku);
    }
    expect(found).toHaveLength(20);
    expect(sum(found, 'units')).toBe(all.units);
  });

  it.each([
    ['an end before the beginning', { to: new Date(now.getTime() - 50 * dayMs) }, 'to', /later than from/],
    ['hours of long ago', { granularity: 'hour' }, 'from', /more than 30 days ago/],
    ['days of long ago', { from: new Date('2024-01-01') }, 'from', /more than 730 days ago/],
    ['a SKU and a product', { sku: 'A', productId: 'B00EXAMPLE' }, 'sku', /together with productId/],
    ['an unknown zone', { timeZone: 'Mars/Olympus' }, 'timeZone', /no time zone/],
    ['a moment that is none', { from: new Date('x') }, 'from', /not a valid date/],
  ])('are not asked for with %s: the field is named, and nothing is sent', async (_, wrong, field, text) => {
    open.sandbox.resetCounters();
    const query = { from: new Date(now.getTime() - 45 * dayMs), to: now, granularity: 'day', ...wrong };
    const error = await open.connector.sales.metrics(query as never).catch((one: unknown) => one);
    expect(isErrorOf(error, 'ValidationError') && error.field).toBe(field);
    expect(String(error)).toMatch(text);
    expect(open.sandbox.counters().distinct).toEqual([]);
  });
});

describe('the job sales.import', () => {
  const run = (payload: object, rest: object = {}) => {
    const jobs = amazonJobs({ connector: async () => open.connector, clock });
    const job = jobs.find(({ name }) => name === 'sales.import') as (typeof jobs)[number];
    return runJob(job, { backend: open.backend, payload, ...rest }) as Promise<SalesImportResult>;
  };
  const kept = () => open.backend.records.list('sales', { limit: 1_000 });

  it('brings in thirty days, each from its midnight; the next one goes on and replaces what was half a day', async () => {
    const first = await run({ timeZone: zone });
    expect(first).toMatchObject({ intervals: 31, inserted: 31, until: now.toISOString() });
    const days = await kept();
    expect(days.every(({ from }) => from.endsWith('T22:00:00.000Z'))).toBe(true);
    const [half] = [...days].sort((a, b) => (a.from < b.from ? 1 : -1));
    expect(half?.to).toBe(now.toISOString());

    open.sandbox.addOrders({ count: 3, status: 'UNSHIPPED', at: new Date(now.getTime() + 3_600_000) });
    await clock.advance(dayMs);
    const second = await run({ timeZone: zone });
    // Seven days again, the half one and one more.
    expect(second).toMatchObject({ intervals: 9, inserted: 1, updated: 8 });
    const whole = (await kept()).find(({ from }) => from === half?.from);
    expect(Date.parse(whole?.to as string) - Date.parse(whole?.from as string)).toBe(dayMs);
    expect(whole?.orders).toBe((half?.orders as number) + 3);
  });

  it('keeps hours apart from days, and asks for none that are too old', async () => {
    const before = await open.backend.records.count('sales');
    const { intervals } = await run({ granularity: 'hour' });
    expect(intervals).toBe(31);
    expect(await open.backend.records.count('sales')).toBe(before + 31);
    await clock.advance(40 * dayMs);
    const later = await run({ granularity: 'hour' });
    expect(later.intervals).toBeGreaterThan(29 * 24);
    expect(later.intervals).toBeLessThan(30 * 24);
  });

  it('asks nothing twice that was answered before a crash', async () => {
    let crashed = false;
    open.sandbox.resetCounters();
    await run(
      { granularity: 'week' },
      {
        afterCheckpoint: () => {
          if (crashed) return;
          crashed = true;
          throw new Crash();
        },
      },
    );
    expect(crashed).toBe(true);
    expect(open.sandbox.counters().distinct.map(({ count }) => count)).toEqual([1]);
  });

  it.each([
    [{ timeZone: 'Mars/Olympus' }, /time zone/],
    [{ granularity: 'year' }, /hour, day, week or month/],
    [{ since: '2026-11-01' }, /ISO 8601/],
    [{ recheckDays: -1 }, /recheckDays/],
  ])('refuses the payload %j before it is queued', async (payload, text) => {
    await expect(run(payload)).rejects.toThrow(text);
  });
});
