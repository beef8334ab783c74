import type { Order } from '@fluxori/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { ordersConfirmShipment } from './orders-confirm-shipment.js';

let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

async function start(): Promise<Sandboxed> {
  open = await connectToSandbox({
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, settleMs: 0, orders: 40, skus: 60 },
  });
  return open;
}

const parts = ({ connector }: Sandboxed) => ({ connector: async () => connector, shipmentShowsAfterMs: 0 });

describe('orders.confirmShipment', () => {
  async function shippable({ connector, sandbox }: Sandboxed): Promise<Order> {
    sandbox.addOrders({ count: 20, status: 'UNSHIPPED' });
    for await (const order of connector.orders.list({ updatedSince: new Date('2020-01-01') })) {
      if (order.status === 'unshipped' && order.fulfilledBy === 'seller') return order;
    }
    throw new Error('The sandbox has no order to ship.');
  }

  const payloadFor = (order: Order) => ({
    orderId: order.orderId,
    packageId: '1',
    carrier: 'Other: Bob Go',
    trackingNumber: 'BG-1',
    shippedAt: new Date().toISOString(),
    items: order.items.map(({ orderItemId, quantityOrdered }) => ({
      orderItemId,
      quantity: quantityOrdered,
    })),
  });

  it('ships the order', async () => {
    const here = await start();
    const order = await shippable(here);
    const result = await runJob(ordersConfirmShipment(parts(here)), {
      backend: here.backend,
      payload: payloadFor(order),
    });
    expect(result).toEqual({ outcome: 'sent' });
    expect(await here.connector.orders.get(order.orderId)).toMatchObject({ status: 'shipped' });
  });

  it('does not send it again when the answer was lost after Amazon had acted', async () => {
    const here = await start();
    const order = await shippable(here);
    await here.sandbox.faults.set({ kind: 'drop', when: 'after', operation: '*confirmShipment*', count: 1 });
    const result = await runJob(ordersConfirmShipment(parts(here)), {
      backend: here.backend,
      payload: payloadFor(order),
    });
    expect(result).toEqual({ outcome: 'found' });
    expect(shipments(here)).toBe(1);
  });

  it('sends it again when the connection was cut before Amazon had acted', async () => {
    const here = await start();
    const order = await shippable(here);
    await here.sandbox.faults.set({ kind: 'drop', when: 'before', operation: '*confirmShipment*', count: 1 });
    const result = await runJob(ordersConfirmShipment(parts(here)), {
      backend: here.backend,
      payload: payloadFor(order),
    });
    expect(result).toEqual({ outcome: 'sent' });
    expect(shipments(here)).toBe(2);
    expect(await here.connector.orders.get(order.orderId)).toMatchObject({ status: 'shipped' });
  });

  it('looks before it sends when it was killed between sending and hearing', async () => {
    const here = await start();
    const order = await shippable(here);
    let confirmed = false;
    const killed = {
      ...here.connector,
      config: here.connector.config,
      orders: {
        confirmShipment: async (...args: Parameters<typeof here.connector.orders.confirmShipment>) => {
          await here.connector.orders.confirmShipment(...args);
          confirmed = true;
          throw new Crash();
        },
        hasShipment: here.connector.orders.hasShipment.bind(here.connector.orders),
      },
    };
    const job = ordersConfirmShipment({
      connector: async () => killed as unknown as typeof here.connector,
      shipmentShowsAfterMs: 0,
    });
    expect(await runJob(job, { backend: here.backend, payload: payloadFor(order) })).toEqual({
      outcome: 'found',
    });
    expect(confirmed).toBe(true);
    expect(shipments(here)).toBe(1);
  });

  it('says which order does not exist', async () => {
    const here = await start();
    const order = await shippable(here);
    await expect(
      runJob(ordersConfirmShipment(parts(here)), {
        backend: here.backend,
        payload: { ...payloadFor(order), orderId: '902-0000000-0000000' },
      }),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'orderId',
      message: expect.stringContaining('902-0000000-0000000'),
    });
  });

  function shipments(here: Sandboxed): number {
    return Object.entries(here.sandbox.counters().operations)
      .filter(([name]) => name.includes('confirmShipment'))
      .reduce((sum, [, { requests }]) => sum + requests, 0);
  }
});
