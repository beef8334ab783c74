import { accountId, type KeyValueStore, orderId } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { ErasedOrders } from './erased-orders.js';

const dayMs = 86_400_000;

describe('Orders that were erased', () => {
  it.each([
    [undefined, 400],
    [{ days: { shipTo: 14, buyer: 3_650 }, openOrderDays: 365 }, 4_015],
  ])('are remembered for as long as what is kept by %j could come in again', async (rules, days) => {
    const spans: (number | undefined)[] = [];
    const keyValues = {
      set: async (_: string, __: unknown, { ttlMs }: { ttlMs?: number } = {}) => void spans.push(ttlMs),
    } as unknown as KeyValueStore;
    const order = { accountId: accountId('acme-za'), orderId: orderId('902-1') };
    await new ErasedOrders(keyValues, rules).add([order], new Date());
    expect(spans).toEqual([days * dayMs]);
  });
});
