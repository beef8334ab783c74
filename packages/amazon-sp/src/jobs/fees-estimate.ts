import { type CanonicalRecord, type FeeEstimate, systemClock, type WriteResult } from '@fluxori/core';
import { defineJob, type JobContext, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { AmazonSPConnector } from '../connector.js';
import { feesBatch } from '../fees/fees-client.js';
import type { AmazonJobParts } from './job-parts.js';
import { asinField, marketplaceField, moneyField, skuField } from './payload-fields.js';
import { addCounts, noCounts } from './write-counts.js';

const question = z
  .strictObject({
    sku: skuField.optional(),
    productId: asinField.optional(),
    price: moneyField,
    shipping: moneyField.optional(),
    fulfilledBy: z.enum(['seller', 'marketplace'], 'write seller or marketplace'),
    program: z.enum(['FBA_CORE', 'FBA_SNL', 'FBA_EFN']).optional(),
  })
  .refine(({ sku, productId }) => (sku === undefined) !== (productId === undefined), {
    error: 'either sku or productId is needed, not both',
  });

const payloadSchema = z.strictObject({
  questions: z
    .array(question)
    .min(1, 'ask at least one question')
    .max(10_000, 'at most 10,000 questions in one job'),
  /** The account's first marketplace by default. */
  marketplaceId: marketplaceField.optional(),
});

export type FeesEstimatePayload = z.output<typeof payloadSchema>;

export interface FeesEstimateResult extends WriteResult {
  readonly estimates: number;
  /** Questions without an estimate, by their position, in Amazon's words. */
  readonly problems: readonly {
    readonly index: number;
    readonly sku?: string;
    readonly productId?: string;
    readonly code: string;
    readonly message: string;
  }[];
}

interface State {
  /** Positions of this round's questions; absent in the first, which asks all. */
  readonly round?: readonly number[];
  readonly rounds: number;
  /** How many of the round are done. */
  readonly done: number;
  /** Those that Amazon failed at, for another round. */
  readonly again: readonly number[];
  readonly estimates: number;
  readonly problems: FeesEstimateResult['problems'];
  readonly counts: WriteResult;
  /** Not before this moment; ISO 8601. */
  readonly notBefore?: string;
}

/** How often a question is asked that Amazon fails at, and how long it is left alone in between. */
const mostRounds = 3;
const restMs = 30_000;

/** Asks what Amazon would take of sales, twenty questions in a call, and keeps the newest estimate of each product and way of shipping. */
export function feesEstimate(parts: AmazonJobParts): JobDefinition {
  const { connector, clock = systemClock, feesRestMs = restMs } = parts;
  return defineJob<FeesEstimatePayload, State, FeesEstimateResult>({
    name: 'fees.estimate',
    section: 'fees',
    version: 1,
    payload: payloadSchema,
    describe: ({ questions }) => ({ questions: questions.length }),
    async run(ctx) {
      const amazon = await connector(ctx.accountId);
      let state: State = ctx.state ?? {
        rounds: 1,
        done: 0,
        again: [],
        estimates: 0,
        problems: [],
        counts: noCounts,
      };
      for (;;) {
        const { notBefore } = state;
        if (notBefore !== undefined && Date.parse(notBefore) > clock.now())
          ctx.park({ until: new Date(notBefore), reason: 'Amazon failed at some estimates' });
        state = await askRound(ctx, amazon, state);
        if (state.again.length === 0) break;
        state = {
          ...state,
          round: state.again,
          rounds: state.rounds + 1,
          done: 0,
          again: [],
          notBefore: new Date(clock.now() + feesRestMs).toISOString(),
        };
        await ctx.checkpoint(state);
      }
      const { estimates, problems, counts } = state;
      return { estimates, problems, ...counts };
    },
  });
}

async function askRound(
  ctx: JobContext<FeesEstimatePayload, State>,
  connector: AmazonSPConnector,
  from: State,
): Promise<State> {
  let state = from;
  const { questions, marketplaceId } = ctx.payload;
  const total = state.round?.length ?? questions.length;
  while (state.done < total) {
    const until = Math.min(state.done + feesBatch, total);
    const positions = Array.from(
      { length: until - state.done },
      (_, offset) => state.round?.[state.done + offset] ?? state.done + offset,
    );
    const asked = positions.flatMap((index) => questions[index] ?? []);
    const outcomes = await ctx.call((terms) => connector.fees.estimate(asked, { ...terms, marketplaceId }));
    const again: number[] = [];
    const problems: FeesEstimateResult['problems'][number][] = [];
    outcomes.forEach(({ problem, question: { sku, productId } }, offset) => {
      const index = positions[offset] as number;
      if (problem === undefined) return;
      const { code, message, retryable } = problem;
      if (retryable && state.rounds < mostRounds) again.push(index);
      else problems.push({ index, ...(sku ? { sku } : { productId }), code, message });
    });
    const estimates = outcomes.flatMap(({ estimate }) => estimate ?? []);
    const after: State = {
      ...state,
      done: until,
      again: [...state.again, ...again],
      estimates: state.estimates + estimates.length,
      problems: [...state.problems, ...problems],
    };
    const written = await ctx.checkpoint(after, { records: newest(estimates).map(toRecord) });
    state = { ...after, counts: addCounts(state.counts, written) };
    if (state.done < total) await ctx.checkpoint(state);
    await ctx.progress({ done: state.done, total, unit: 'estimates' });
  }
  return state;
}

/** One record of each: of two that were estimated at the same moment, the one that was asked last. */
function newest(estimates: readonly FeeEstimate[]): FeeEstimate[] {
  return [...new Map(estimates.map((one) => [idOf(one), one])).values()];
}

function idOf({ marketplaceId, fulfilledBy, sku, productId }: FeeEstimate): string {
  return `${marketplaceId}/${fulfilledBy}/${sku === undefined ? `product/${productId}` : `sku/${sku}`}`;
}

function toRecord(estimate: FeeEstimate): CanonicalRecord {
  return { kind: 'fee-estimate', id: idOf(estimate), version: estimate.estimatedAt, value: estimate };
}
