import { describe, expect, it } from '@jest/globals';
import { marketplaceOf } from './marketplaces.js';
import { World } from './world.js';

const epochMs = Date.UTC(2026, 10, 1);
const southAfrica = marketplaceOf('ZA');

function world(seed: number, orders: number, skus = 60): World {
  if (southAfrica === undefined) throw new Error('The table of marketplaces has lost South Africa.');
  return new World({
    seed,
    epochMs,
    orderDays: 30,
    sellers: [
      { marketplaces: [southAfrica], orders, skus },
      { marketplaces: [southAfrica], orders, skus },
    ],
  });
}

function picture(of: World): string {
  return JSON.stringify(
    of.sellers.map((seller) => ({
      id: seller.sellerId,
      orders: seller.orders.all().map((order) => [order, seller.buyerOf(order)]),
      listings: [...seller.listings('AE08WJ6YKNBMC').values()],
    })),
  );
}

describe('World', () => {
  it('is the same for the same seed and epoch, and another for another seed', () => {
    expect(picture(world(1, 200))).toBe(picture(world(1, 200)));
    expect(picture(world(1, 200))).not.toBe(picture(world(2, 200)));
  });

  it('keeps the orders that there were when more are asked for', () => {
    const few = world(1, 100).sellers[0];
    const many = world(1, 300).sellers[0];
    for (const order of few?.orders.all() ?? []) expect(many?.orders.get(order.id)).toEqual(order);
  });

  it('gives every order its own id and no time after the epoch', () => {
    const orders = world(3, 5_000).sellers[0]?.orders;
    expect(orders?.size).toBe(5_000);
    const wrong = [...(orders?.all() ?? [])].filter(
      ({ id, createdMs, updatedMs }) =>
        !(
          /^\d{3}-\d{7}-\d{7}$/.test(id) &&
          createdMs < epochMs &&
          createdMs <= updatedMs &&
          updatedMs <= epochMs
        ),
    );
    expect(wrong).toEqual([]);
  });

  it('takes the goods of a new order from the stock', () => {
    const seller = world(1, 0).sellers[0];
    if (seller === undefined) throw new Error('no seller');
    const stockOf = () =>
      [...seller.listings('AE08WJ6YKNBMC').values()].reduce(
        (sum, { stock, quantity }) => sum + stock.fulfillable + quantity,
        0,
      );
    const before = stockOf();
    for (let i = 0; i < 20; i++) seller.receiveOrder(epochMs + i);
    expect(stockOf()).toBeLessThan(before);
    expect(seller.orders.size).toBe(20);
  });

  it('lets the goods of an order go when it is shipped, and come back when it is cancelled', () => {
    const seller = world(1, 0).sellers[0];
    if (seller === undefined) throw new Error('no seller');
    const byAmazon = () => {
      for (;;) {
        const order = seller.receiveOrder(epochMs);
        if (order.fulfilledBy === 'AMAZON' && order.lines.length === 1) return order;
      }
    };
    const stockOf = (sku: string) => ({ ...seller.listing('AE08WJ6YKNBMC', sku)?.stock });
    for (const status of ['SHIPPED', 'CANCELLED'] as const) {
      const order = byAmazon();
      const { sku, quantity } = order.lines[0] as (typeof order.lines)[0];
      const before = stockOf(sku);
      seller.changeStatus(order, status, epochMs + 1);
      seller.changeStatus(order, status, epochMs + 2);
      expect(stockOf(sku).reservedForOrders).toBe((before.reservedForOrders ?? 0) - quantity);
      expect(stockOf(sku).fulfillable).toBe(
        (before.fulfillable ?? 0) + (status === 'CANCELLED' ? quantity : 0),
      );
    }
  });
});
