import {
  type AuthenticationError,
  isErrorOf,
  type OrderId,
  type RemoteError,
  systemClock,
  type ValidationError,
} from '@fluxori/core';
import { defineJob, type JobContext, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { AmazonSPConnector } from '../connector.js';
import { whyNotOffered } from '../solicitations/solicitations-client.js';
import { attempt } from '../workflow/attempt.js';
import { defaultTimings } from '../workflow/timings.js';
import type { AmazonJobParts } from './job-parts.js';
import { marketplaceField, orderIdField } from './payload-fields.js';

const payloadSchema = z.strictObject({
  orderIds: z
    .array(orderIdField)
    .min(1, 'name at least one order')
    .max(1_000, 'at most 1,000 orders in one job')
    .transform((ids) => [...new Set(ids)]),
  /** Where the orders were placed; the account's first marketplace by default. */
  marketplaceId: marketplaceField.optional(),
});

export type SolicitationsSendPayload = z.output<typeof payloadSchema>;

export interface SolicitationOutcome {
  readonly orderId: string;
  /** `found`: an earlier attempt whose answer was lost had arrived. `not-offered`: Amazon does not let it be sent now. `refused`: it did, and then did not take it. */
  readonly outcome: 'sent' | 'found' | 'not-offered' | 'refused';
  readonly reason?: string;
}

export interface SolicitationsSendResult {
  readonly sent: number;
  /** Of all orders, in their order. */
  readonly outcomes: readonly SolicitationOutcome[];
}

interface State {
  readonly outcomes: readonly SolicitationOutcome[];
  /** The next order's request may have arrived. */
  readonly mayHaveArrived: boolean;
}

/**
 * Asks the buyers of orders for a review, each once: Amazon offers it as long as it was not sent, which tells what became of a lost answer. One job at a
 * time is at an order; another one waits, and finds that it was asked.
 */
export function solicitationsSend(parts: AmazonJobParts): JobDefinition {
  const { connector, clock = systemClock } = parts;
  const { firstPollMs } = { ...defaultTimings, ...parts.timings };
  const turn = (): Date => new Date(clock.now() + Math.min(firstPollMs, 5_000));
  return defineJob<SolicitationsSendPayload, State, SolicitationsSendResult>({
    name: 'solicitations.send',
    section: 'solicitations',
    version: 1,
    priority: 'low',
    payload: payloadSchema,
    describe: ({ orderIds }) => ({ orders: orderIds.length }),
    async run(ctx) {
      const amazon = await connector(ctx.accountId);
      const { orderIds } = ctx.payload;
      let state: State = ctx.state ?? { outcomes: [], mayHaveArrived: false };
      while (state.outcomes.length < orderIds.length) {
        const orderId = orderIds[state.outcomes.length] as OrderId;
        const outcome = await askAlone(ctx, amazon, orderId, { state, turn });
        state = { outcomes: [...state.outcomes, { orderId, ...outcome }], mayHaveArrived: false };
        await ctx.checkpoint(state);
        await ctx.progress({ done: state.outcomes.length, total: orderIds.length, unit: 'orders' });
      }
      const sent = state.outcomes.filter(({ outcome }) => outcome === 'sent' || outcome === 'found').length;
      const outcomes = state.outcomes.map((one) =>
        one.outcome === 'not-offered' ? { ...one, reason: whyNotOffered } : one,
      );
      return { sent, outcomes };
    },
  });
}

type Context = JobContext<SolicitationsSendPayload, State>;
type Outcome = Omit<SolicitationOutcome, 'orderId'>;

/** Asks one buyer while no other job does; parks while another does. */
async function askAlone(
  ctx: Context,
  amazon: AmazonSPConnector,
  orderId: OrderId,
  { state, turn }: { readonly state: State; readonly turn: () => Date },
): Promise<Outcome> {
  const { requests } = amazon.solicitations;
  const { jobId } = ctx;
  // Whoever has a claim asks Amazon first, which tells what became of another's request.
  const held = await requests.claim(orderId, jobId, { again: true, own: true });
  if (held?.status === 'sent')
    return { outcome: held.by === jobId && state.mayHaveArrived ? 'found' : 'not-offered' };
  if (held !== undefined)
    return ctx.park({ until: turn(), reason: `job ${held.by} is asking the buyer of order ${orderId}` });
  const answer = await askOne(ctx, amazon, orderId, state);
  if (answer.outcome === 'sent' || answer.outcome === 'found') await requests.done(orderId, jobId, {});
  else await requests.release(orderId, jobId);
  return answer;
}

async function askOne(
  ctx: Context,
  { solicitations }: AmazonSPConnector,
  orderId: OrderId,
  state: State,
): Promise<Outcome> {
  const { marketplaceId } = ctx.payload;
  const call = <T>(work: (options: object) => Promise<T>) =>
    ctx.call((terms) => work({ ...terms, ...(marketplaceId && { marketplaceId }) }));
  const { mayHaveArrived } = state;
  try {
    if (!(await call((options) => solicitations.isOffered(orderId, options))))
      return mayHaveArrived ? { outcome: 'found' } : { outcome: 'not-offered' };
  } catch (error) {
    if (isErrorOf(error, 'NotFoundError') || isErrorOf(error, 'ValidationError'))
      return { outcome: 'refused', reason: error.message };
    if (!mayHaveArrived) await solicitations.requests.release(orderId, ctx.jobId);
    throw error;
  }
  // Not left here by a process that stops: an offer that ends meanwhile would be taken for a request that arrived.
  if (!mayHaveArrived) await ctx.checkpoint({ ...state, mayHaveArrived: true }, {}, { goesOn: true });
  const tried = await attempt(() => call((options) => solicitations.send(orderId, options)));
  if (tried.outcome === 'done') return { outcome: 'sent' };
  const { error } = tried;
  if (tried.outcome === 'unknown') throw error;
  if (isAboutTheOrder(error)) {
    // After a lost answer the refusal may mean that the first one had arrived; it is not offered any more then.
    const arrived = mayHaveArrived && !(await call((options) => solicitations.isOffered(orderId, options)));
    return arrived ? { outcome: 'found' } : { outcome: 'refused', reason: error.message };
  }
  await ctx.checkpoint(state);
  await solicitations.requests.release(orderId, ctx.jobId);
  throw error;
}

/** It was offered a moment ago, so the application may send: what is refused is this one. */
function isAboutTheOrder(error: unknown): error is ValidationError | AuthenticationError | RemoteError {
  if (isErrorOf(error, 'AuthenticationError')) return error.code === 'AUTH_DENIED';
  return isErrorOf(error, 'ValidationError') || isErrorOf(error, 'RemoteError');
}
