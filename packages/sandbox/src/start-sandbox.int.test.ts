import { ManualClock } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { type SandboxOptions, startSandbox } from './index.js';
import { Wire } from './testing/wire.js';

const search = '/orders/2026-01-01/orders';
const epoch = new Date('2026-11-01T08:00:00Z');
type Orders = { orderId: string; lastUpdatedTime: string }[];

async function ordersOf(
  options: SandboxOptions,
  lastUpdatedAfter: string,
): Promise<{ orders: Orders; until: string }> {
  await using sandbox = await startSandbox({ skus: 20, rateLimits: false, ...options });
  const { json } = await new Wire(sandbox).get(search, {
    lastUpdatedAfter,
    includedData: 'BUYER,PROCEEDS,FULFILLMENT',
  });
  return { orders: json.orders, until: json.lastUpdatedBefore };
}

describe('A sandbox that is started again', () => {
  it('has the same orders and the same credentials for the same seed and epoch', async () => {
    const options = { seed: 7, epoch, orders: 40 };
    const first = await ordersOf(options, '2020-01-01T00:00:00Z');
    expect(first.orders).toHaveLength(40);
    expect((await ordersOf(options, '2020-01-01T00:00:00Z')).orders).toEqual(first.orders);
    expect((await ordersOf({ ...options, seed: 8 }, '2020-01-01T00:00:00Z')).orders).not.toEqual(
      first.orders,
    );
    await using one = await startSandbox({ seed: 7, orders: 1, skus: 1 });
    await using two = await startSandbox({ seed: 7, orders: 9, skus: 9 });
    expect(two.credentials).toEqual(one.credentials);
  });

  it('shows the new orders, and only those, to a client that goes on where it stopped', async () => {
    const clock = new ManualClock(epoch.getTime() + 86_400_000);
    const first = await ordersOf({ seed: 7, epoch, orders: 40, clock }, '2020-01-01T00:00:00Z');
    await clock.advance(1_000);
    const second = await ordersOf({ seed: 7, epoch, orders: 40, newOrders: 12, clock }, first.until);
    expect(second.orders).toHaveLength(12);
    const known = new Set(first.orders.map((order) => order.orderId));
    expect(second.orders.filter((order) => known.has(order.orderId))).toEqual([]);
  });

  it('keeps the new orders of each earlier time where they were', async () => {
    const at = (minutes: number) => new Date(epoch.getTime() + minutes * 60_000);
    const base = { seed: 7, epoch, orders: 40 };
    const once = await ordersOf({ ...base, newOrders: [{ count: 3, at: at(1) }] }, at(0).toISOString());
    const newOrders = [
      { count: 3, at: at(1) },
      { count: 2, at: at(2) },
    ];
    const twice = await ordersOf({ ...base, newOrders }, at(0).toISOString());
    expect(twice.orders.slice(0, 3)).toEqual(once.orders);
    expect(twice.orders).toHaveLength(5);
  });

  it('gives each of many sellers and applications their own credentials', async () => {
    await using sandbox = await startSandbox({ sellers: 20, applications: 2, orders: 2, skus: 3 });
    expect(sandbox.accounts).toHaveLength(40);
    expect(new Set(sandbox.accounts.map((one) => one.refreshToken)).size).toBe(40);
    expect(new Set(sandbox.accounts.map((one) => one.sellerId)).size).toBe(20);
    const last = new Wire(sandbox, sandbox.accounts[39]);
    expect((await last.get('/sellers/v1/account')).status).toBe(200);
  });
});

describe('A sandbox on a port that another program has', () => {
  it('says so, and what to do', async () => {
    await using first = await startSandbox();
    const port = Number(new URL(first.endpoints.lwa).port);
    await expect(startSandbox({ port })).rejects.toMatchObject({
      name: 'ConfigurationError',
      field: 'port',
      message: expect.stringContaining(`127.0.0.1:${port}: another program has it`),
    });
  });
});
