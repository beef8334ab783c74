import { setImmediate as turn } from 'node:timers/promises';
import { accountId, type JsonValue } from '@fluxori/core';
import { type JobContext, OperationQueues } from '@fluxori/queue';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  connectToSandbox,
  noWaiting,
  type Sandboxed,
  swiftBackend,
} from '../../testing/connect-to-sandbox.js';
import { ownOrder } from '../../testing/own-order.js';
import { amazonJobs } from '../jobs/amazon-jobs.js';

let open: Sandboxed;

beforeAll(async () => {
  open = await connectToSandbox({
    backend: swiftBackend,
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, settleMs: 0, orders: 0, skus: 20 },
  });
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
});

const shipFrom = {
  ...{ name: 'Acme Trading', lines: ['1 Main Road'], city: 'Cape Town', postalCode: '7925' },
  ...{ countryCode: 'ZA', phone: '+27210000000', email: 'dispatch@acme.example' },
};

async function label(): Promise<JsonValue> {
  const { orderId, items } = await ownOrder(open, 'UNSHIPPED');
  return {
    ...{
      orderId,
      packageId: '1',
      shipFrom,
      sizeCm: { length: 30, width: 20, height: 10 },
      weightGrams: 1_500,
    },
    items: items.map(({ orderItemId, quantityOrdered: quantity }) => ({ orderItemId, quantity })),
    choose: { by: 'cheapest' },
  };
}

async function message(): Promise<JsonValue> {
  const { orderId } = await ownOrder(open, 'UNSHIPPED');
  const text = 'The courier is on strike.';
  return { ...(await open.connector.messaging.prepare(orderId, { kind: 'unexpectedProblem', text })) };
}

async function solicitation(): Promise<JsonValue> {
  const at = new Date(Date.now() - 10 * 24 * 3_600_000);
  return { orderIds: open.sandbox.addOrders({ count: 1, status: 'SHIPPED', at }) };
}

/** Whether a state is the one that is looked for. */
type IsIt = (state: { readonly step?: string; readonly mayHaveArrived?: boolean }) => boolean;

/** Workers of one process; told to stop when a job is about to record such a state. */
function workers(isIt: IsIt = () => false): {
  readonly queues: OperationQueues;
  readonly stopped: Promise<void>;
} {
  const stopped = Promise.withResolvers<void>();
  const jobs = amazonJobs({ connector: async () => open.connector, timings: { listedAfterMs: 0 } });
  const queues: OperationQueues = new OperationQueues({
    backend: open.backend,
    jobs: jobs.map((job) => ({ ...job, run: (ctx) => job.run(stopping(ctx)) })),
  });
  const stopping = (ctx: JobContext): JobContext =>
    Object.create(ctx, {
      checkpoint: {
        value: async (...args: Parameters<JobContext['checkpoint']>) => {
          if (isIt(args[0] as Parameters<IsIt>[0])) {
            stopped.resolve(queues.close({ graceMs: 170_000 }));
            // All workers have been told by then.
            await turn();
          }
          return ctx.checkpoint(...args);
        },
      },
    });
  return { queues, stopped: stopped.promise };
}

describe('a job whose process is told to stop when it has written down what it is about to do', () => {
  it.each<[string, IsIt, () => Promise<JsonValue>, string, object]>([
    [
      'messaging.send',
      ({ step }) => step === 'send',
      message,
      'messaging.createUnexpectedProblem',
      { outcome: 'sent' },
    ],
    [
      'merchantFulfillment.ship',
      ({ step }) => step === 'buy',
      label,
      'merchantFulfillment.createShipment',
      { outcome: 'bought' },
    ],
    [
      'solicitations.send',
      ({ mayHaveArrived }) => mayHaveArrived === true,
      solicitation,
      'solicitations.createProductReviewAndSellerFeedbackSolicitation',
      { sent: 1 },
    ],
  ])('does it, once, and goes on from there elsewhere: %s', async (name, isIt, wish, operation, outcome) => {
    const payload = await wish();
    const first = workers(isIt);
    await first.queues.start();
    const { jobId } = await first.queues.add(name, { accountId: accountId('acme-za'), payload });
    await first.stopped;
    const requests = () => open.sandbox.counters().operations[operation]?.requests;
    // It left after that, not before it, and not at its end only.
    expect(requests()).toBe(1);
    await using next = workers().queues;
    expect(await next.get(jobId)).toMatchObject({ state: 'waiting' });
    await next.start();
    expect(await next.waitFor(jobId)).toMatchObject(outcome);
    expect(requests()).toBe(1);
  });
});
