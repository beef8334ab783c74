import { type OrderId, orderId, sleep } from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { hastyTimings } from '../../testing/hasty-timings.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { type SolicitationsSendResult, solicitationsSend } from '../jobs/solicitations-send.js';

const dayMs = 24 * 3_600_000;
let open: Sandboxed;

beforeEach(async () => {
  open = await connectToSandbox({
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, settleMs: 0, orders: 0, skus: 10 },
  });
});
afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
});

/** Orders that were delivered so long ago. */
function delivered(daysAgo: number, count = 1): OrderId[] {
  const at = new Date(Date.now() - daysAgo * dayMs);
  return open.sandbox.addOrders({ count, status: 'SHIPPED', at }).map((id) => orderId(id));
}

const asked = () =>
  open.sandbox.counters().operations['solicitations.createProductReviewAndSellerFeedbackSolicitation']
    ?.requests ?? 0;

const job = () => solicitationsSend({ connector: async () => open.connector, timings: hastyTimings });
const run = (orderIds: readonly OrderId[], more: object = {}) =>
  runJob(job(), { backend: open.backend, payload: { orderIds }, ...more });

describe('a solicitation', () => {
  it('is sent while Amazon offers it, and once', async () => {
    const [order] = delivered(10) as [OrderId];
    const { solicitations } = open.connector;
    expect(await solicitations.isOffered(order)).toBe(true);
    await solicitations.askForReview(order);
    expect(await solicitations.isOffered(order)).toBe(false);
    await expect(solicitations.askForReview(order)).rejects.toMatchObject({
      name: 'ValidationError',
      field: 'orderId',
      remedy: expect.stringContaining('5 to 30 days'),
    });
    expect(asked()).toBe(1);
  });

  it.each([1, 40])('is not sent %p days after the delivery', async (days) => {
    const [order] = delivered(days) as [OrderId];
    await expect(open.connector.solicitations.askForReview(order)).rejects.toThrow(order);
    expect(asked()).toBe(0);
  });
});

describe('solicitations.send', () => {
  it('goes through all orders, each once, and says of each what came of it', async () => {
    const [early] = delivered(2) as [OrderId];
    const [first, second] = delivered(10, 2) as [OrderId, OrderId];
    const missing = orderId('902-0000000-0000000');
    expect(await run([first, early, missing, second, first])).toEqual({
      sent: 2,
      outcomes: [
        { orderId: first, outcome: 'sent' },
        { orderId: early, outcome: 'not-offered', reason: expect.stringContaining('5 to 30 days') },
        { orderId: missing, outcome: 'refused', reason: expect.stringContaining(missing) },
        { orderId: second, outcome: 'sent' },
      ],
    });
    expect(asked()).toBe(2);
    expect(await run([first])).toMatchObject({ sent: 0, outcomes: [{ outcome: 'not-offered' }] });
  });

  it('asks each buyer once when two jobs are about the same orders at the same time', async () => {
    const orders = delivered(10, 3);
    const [one, other] = (await Promise.all(
      ['job-1', 'job-2'].map((jobId) => run(orders, { jobId })),
    )) as SolicitationsSendResult[];
    expect(asked()).toBe(3);
    expect((one?.sent ?? 0) + (other?.sent ?? 0)).toBe(3);
    for (const [index, { outcome }] of (one?.outcomes ?? []).entries())
      expect([outcome, other?.outcomes[index]?.outcome].sort()).toEqual(['not-offered', 'sent']);
  });

  it('waits while another job is asking, and asks itself when that one is gone', async () => {
    const [order] = delivered(10) as [OrderId];
    const { requests } = open.connector.solicitations;
    await requests.claim(order, 'job-0', {});
    const asking = run([order]);
    await sleep(50);
    expect(asked()).toBe(0);
    await requests.release(order, 'job-0');
    expect(await asking).toMatchObject({ sent: 1 });
  });

  it('finds what was sent when the answer was lost', async () => {
    const [order] = delivered(10) as [OrderId];
    const operation = 'solicitations.createProduct*';
    await open.sandbox.faults.set({ kind: 'drop', when: 'after', operation, count: 1 });
    expect(await run([order])).toEqual({ sent: 1, outcomes: [{ orderId: order, outcome: 'found' }] });
    expect(asked()).toBe(1);
  });

  it('sends it again when the connection was cut before Amazon had acted', async () => {
    const [order] = delivered(10) as [OrderId];
    const operation = 'solicitations.createProduct*';
    await open.sandbox.faults.set({ kind: 'drop', when: 'before', operation, count: 1 });
    expect(await run([order])).toEqual({ sent: 1, outcomes: [{ orderId: order, outcome: 'sent' }] });
  });

  it.each([1, 2, 3, 4])('asks each buyer once although the process dies after checkpoint %p', async (at) => {
    const orders = delivered(10, 2);
    let died = false;
    const result = await run(orders, {
      afterCheckpoint: (n: number) => {
        if (n !== at || died) return;
        died = true;
        throw new Crash();
      },
    });
    expect(result).toMatchObject({ sent: 2 });
    expect(died).toBe(true);
    expect(asked()).toBe(2);
  });

  it('refuses a payload without orders', () => {
    expect(() => job().payload.parse({ orderIds: [] })).toThrow(/at least one order/);
  });
});
