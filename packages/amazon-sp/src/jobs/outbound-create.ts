import { isErrorOf, systemClock, ValidationError } from '@fluxori/core';
import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { OutboundClient } from '../outbound/outbound-client.js';
import type { NewOutboundOrder, OutboundOrder, OutboundStatus } from '../outbound/outbound-order.js';
import { attempt } from '../workflow/attempt.js';
import { jobJournal } from '../workflow/journal.js';
import { jobTerms } from '../workflow/terms.js';
import { defaultTimings, type WorkflowTimings } from '../workflow/timings.js';
import { runWorkflow, type Workflow } from '../workflow/workflow.js';
import type { AmazonJobParts } from './job-parts.js';

const payloadSchema = z.strictObject({
  /** Of an order that `connector.outbound.prepare(order)` keeps: the recipient is not in the payload. */
  outboundOrderId: z
    .string('write the number of the order as text')
    .trim()
    .min(1, 'the number of the order is empty')
    .max(40, 'at most 40 characters'),
});

export type OutboundCreatePayload = z.output<typeof payloadSchema>;

export interface OutboundCreateResult {
  readonly outboundOrderId: string;
  /** `found`: an earlier attempt had arrived. */
  readonly outcome: 'sent' | 'found';
  /** As Amazon had it when it was found. */
  readonly status?: OutboundStatus;
}

type State =
  | { readonly step: 'intend' }
  /** The order is about to be sent, or was. */
  | { readonly step: 'send'; readonly sentAt: string }
  | { readonly step: 'look'; readonly sentAt: string }
  | ({ readonly step: 'end' } & OutboundCreateResult);

/**
 * Lets Amazon send an order exactly once. Amazon takes each number once; a request whose answer was lost is looked for by its number before it is
 * sent again, and "exists already" is answered by looking whether it is this order.
 */
export function outboundCreate(parts: AmazonJobParts): JobDefinition {
  const { connector, clock = systemClock } = parts;
  const timings = { ...defaultTimings, ...parts.timings };
  return defineJob<OutboundCreatePayload, State, OutboundCreateResult>({
    name: 'outbound.orders.create',
    section: 'outbound',
    version: 1,
    priority: 'high',
    payload: payloadSchema,
    describe: ({ outboundOrderId }) => ({ outboundOrderId }),
    async run(ctx) {
      const { outbound } = await connector(ctx.accountId);
      const { outboundOrderId } = ctx.payload;
      const { step: _, ...result } = await runWorkflow(
        createOnce(outbound, outboundOrderId, { now: () => clock.now(), timings }),
        { journal: jobJournal(ctx), terms: jobTerms(ctx) },
      );
      await outbound.forget(outboundOrderId);
      return result;
    },
  });
}

function createOnce(
  outbound: OutboundClient,
  outboundOrderId: string,
  { now, timings }: { now: () => number; timings: WorkflowTimings },
): Workflow<State> {
  const found = ({ status }: OutboundOrder): State => ({
    ...{ step: 'end', outcome: 'found', outboundOrderId, status },
  });
  return {
    name: 'outbound.orders.create',
    begin: () => ({ step: 'intend' }),
    steps: {
      intend: async () => ({ step: 'send', sentAt: new Date(now()).toISOString() }),
      send: async ({ sentAt }, { terms, resumed, back }) => {
        if (resumed) return { step: 'look', sentAt };
        const order = await outbound.prepared(outboundOrderId).catch(async (error: unknown) => {
          // Another job for this number has sent it meanwhile, and forgot what was prepared.
          const there = await terms.call((options) => outbound.find(outboundOrderId, options));
          return there === undefined ? back({ step: 'intend' }, error) : found(there);
        });
        if ('step' in order) return order;
        const tried = await attempt(() => terms.call((options) => outbound.create(order, options)));
        if (tried.outcome === 'done') return { step: 'end', outcome: 'sent', outboundOrderId };
        if (tried.outcome === 'unknown') return back({ step: 'look', sentAt }, tried.error);
        if (isErrorOf(tried.error, 'ValidationError') || isErrorOf(tried.error, 'RemoteError')) {
          const there = await terms.call((options) => outbound.find(outboundOrderId, options));
          if (there !== undefined)
            return isSame(there, order) ? found(there) : back({ step: 'intend' }, taken(there));
        }
        return back({ step: 'intend' }, tried.error);
      },
      look: async ({ sentAt }, { terms }) => {
        const until = new Date(Date.parse(sentAt) + timings.listedAfterMs);
        if (now() < until.getTime())
          await terms.wait({ until, reason: 'Amazon needs a moment to show the order' });
        const there = await terms.call((options) => outbound.find(outboundOrderId, options));
        if (there === undefined) return { step: 'intend' };
        const order = await outbound.prepared(outboundOrderId);
        if (!isSame(there, order)) throw taken(there);
        return found(there);
      },
    },
  };
}

/** The same lines under the same numbers. */
function isSame(there: OutboundOrder, order: NewOutboundOrder): boolean {
  const wanted = order.items.map(({ sku, quantity, itemId }, index) =>
    [itemId ?? String(index + 1), sku, quantity].join('\n'),
  );
  const had = there.items.map(({ itemId, sku, quantity }) => [itemId, sku, quantity].join('\n'));
  return there.displayId === (order.displayId ?? order.outboundOrderId) && sorted(wanted) === sorted(had);
}

function sorted(lines: readonly string[]): string {
  return [...lines].sort().join('\n\n');
}

function taken({ outboundOrderId, receivedAt, accountId }: OutboundOrder): ValidationError {
  return new ValidationError(
    `outboundOrderId: Amazon has an order ${outboundOrderId} with other lines, received at ${receivedAt}.`,
    {
      field: 'outboundOrderId',
      account: accountId,
      operation: 'fulfillmentOutbound@2020-07-01.createFulfillmentOrder',
      remedy: 'Give the new order a number of its own; each is taken once.',
    },
  );
}
