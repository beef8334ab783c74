import type { CanonicalRecord, ListingEligibility, WriteResult } from '@fluxori/core';
import { defineJob, type JobContext, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { AmazonSPConnector } from '../connector.js';
import type { AmazonJobParts } from './job-parts.js';
import { asinField, marketplaceField } from './payload-fields.js';
import { addCounts, noCounts } from './write-counts.js';

/** Source: `conditionType`, listings restrictions 2021-08-01, checked November 2026. */
const conditions = [
  ...(['new_new', 'new_open_box', 'new_oem', 'refurbished_refurbished'] as const),
  ...(['used_like_new', 'used_very_good', 'used_good', 'used_acceptable'] as const),
  ...(['collectible_like_new', 'collectible_very_good', 'collectible_good'] as const),
  ...(['collectible_acceptable', 'club_club'] as const),
] as const;

const payloadSchema = z.strictObject({
  productIds: z
    .array(asinField)
    .min(1, 'name at least one product')
    .max(10_000, 'at most 10,000 products in one job'),
  /** All of the account's by default. */
  marketplaceIds: z.array(marketplaceField).min(1, 'name at least one marketplace').optional(),
  condition: z.enum(conditions, `write one of ${conditions.join(', ')}`).default('new_new'),
  /** For the reasons' texts, e.g. `en_ZA`. */
  locale: z.string().min(2).optional(),
});

export type RestrictionsCheckPayload = z.output<typeof payloadSchema>;

interface State {
  /** How many products are done. */
  readonly done: number;
  readonly allowed: number;
  readonly hindered: RestrictionsCheckResult['hindered'];
  readonly counts: WriteResult;
}

export interface RestrictionsCheckResult extends WriteResult {
  readonly products: number;
  /** Products that may be listed in all the marketplaces asked about. */
  readonly allowed: number;
  /** Those that may not, and Amazon's words for why; at most 1,000. The whole is in the records. */
  readonly hindered: readonly { readonly productId: string; readonly codes: readonly string[] }[];
}

/** Written together. */
const batchSize = 20;
const mostTold = 1_000;

/** Asks which products the seller may list, one request for each in all marketplaces, and keeps the answers. */
export function restrictionsCheck({ connector }: AmazonJobParts): JobDefinition {
  return defineJob<RestrictionsCheckPayload, State, RestrictionsCheckResult>({
    name: 'restrictions.check',
    section: 'restrictions',
    version: 1,
    payload: payloadSchema,
    describe: ({ productIds, condition }) => ({ products: productIds.length, condition }),
    run: async (ctx) => check(ctx, await connector(ctx.accountId)),
  });
}

async function check(
  ctx: JobContext<RestrictionsCheckPayload, State>,
  connector: AmazonSPConnector,
): Promise<RestrictionsCheckResult> {
  const { productIds: named, marketplaceIds, condition, locale } = ctx.payload;
  const productIds = [...new Set(named)];
  let state = ctx.state ?? { done: 0, allowed: 0, hindered: [], counts: noCounts };
  while (state.done < productIds.length) {
    const batch = productIds.slice(state.done, state.done + batchSize);
    const answers: (readonly ListingEligibility[])[] = [];
    const keep = async () => {
      const after = withAnswers(state, answers);
      const written = await ctx.checkpoint(after, { records: answers.flat().map(toRecord) });
      state = { ...after, counts: addCounts(state.counts, written) };
      if (state.done < productIds.length) await ctx.checkpoint(state);
    };
    try {
      for (const productId of batch) {
        const ask = { marketplaceIds, condition, locale };
        answers.push(
          await ctx.call((terms) => connector.restrictions.eligibility(productId, { ...terms, ...ask })),
        );
      }
    } catch (error) {
      // It may have to wait for its turn after each question: what was answered must not be asked again.
      if (answers.length > 0) await keep().catch(() => {});
      throw error;
    }
    await keep();
    await ctx.progress({ done: state.done, total: productIds.length, unit: 'products' });
  }
  const { allowed, hindered, counts } = state;
  return { products: productIds.length, allowed, hindered, ...counts };
}

function withAnswers(state: State, answers: readonly (readonly ListingEligibility[])[]): State {
  const hindered = answers.flatMap((places) => {
    const hindrances = places.flatMap((one) => one.hindrances);
    const codes = [...new Set(hindrances.map(({ code, message }) => code ?? message))];
    return codes.length > 0 ? [{ productId: places[0]?.productId as string, codes }] : [];
  });
  return {
    ...state,
    done: state.done + answers.length,
    allowed: state.allowed + answers.length - hindered.length,
    hindered: [...state.hindered, ...hindered].slice(0, mostTold),
  };
}

function toRecord(eligibility: ListingEligibility): CanonicalRecord {
  const { marketplaceId, productId, condition = 'all', checkedAt } = eligibility;
  return {
    kind: 'listing-eligibility',
    id: `${marketplaceId}/${productId}/${condition}`,
    version: checkedAt,
    value: eligibility,
  };
}
