import type { CanonicalRecord, WriteResult } from '@fluxori/core';
import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import { offersBatch } from '../business/business-client.js';
import type { AmazonJobParts } from './job-parts.js';
import { asinField, marketplaceField } from './payload-fields.js';
import { addCounts, noCounts } from './write-counts.js';

const payloadSchema = z.strictObject({
  /** ASINs. */
  productIds: z
    .array(asinField)
    .min(1, 'name at least one product')
    .max(10_000, 'at most 10,000 products in one job')
    .transform((ids) => [...new Set(ids)]),
  /** The account's first marketplace by default. */
  marketplaceId: marketplaceField.optional(),
});

export type BusinessOffersPayload = z.output<typeof payloadSchema>;

export interface BusinessOffersResult extends WriteResult {
  readonly products: number;
  /** Products without an answer, in Amazon's words. */
  readonly problems: readonly {
    readonly productId: string;
    readonly code: string;
    readonly message: string;
  }[];
}

interface State {
  /** How many are done. */
  readonly done: number;
  readonly products: number;
  readonly problems: BusinessOffersResult['problems'];
  readonly counts: WriteResult;
}

/** Brings in what businesses are offered of products: 20 in a call, one call in ten seconds. A newer look replaces an older one. */
export function businessOffers({ connector }: AmazonJobParts): JobDefinition {
  return defineJob<BusinessOffersPayload, State, BusinessOffersResult>({
    name: 'business.offers',
    section: 'business',
    version: 1,
    priority: 'low',
    payload: payloadSchema,
    describe: ({ productIds }) => ({ products: productIds.length }),
    async run(ctx) {
      const { business } = await connector(ctx.accountId);
      const { productIds, marketplaceId } = ctx.payload;
      let state: State = ctx.state ?? { done: 0, products: 0, problems: [], counts: noCounts };
      while (state.done < productIds.length) {
        const asked = productIds.slice(state.done, state.done + offersBatch);
        const outcomes = await ctx.call((terms) =>
          business.offers(asked, { ...terms, ...(marketplaceId && { marketplaceId }) }),
        );
        const records = outcomes.flatMap(({ offers, productId }): CanonicalRecord[] =>
          offers === undefined
            ? []
            : [
                {
                  kind: 'business-offers',
                  id: `${offers.marketplaceId}/${productId}`,
                  version: offers.observedAt,
                  value: offers,
                },
              ],
        );
        const problems = outcomes.flatMap(({ productId = '', problem }) =>
          problem === undefined ? [] : [{ productId, code: problem.code, message: problem.message }],
        );
        const after: State = {
          ...state,
          done: state.done + asked.length,
          products: state.products + records.length,
          problems: [...state.problems, ...problems],
        };
        const written = await ctx.checkpoint(after, { records });
        state = { ...after, counts: addCounts(state.counts, written) };
        await ctx.checkpoint(state);
        await ctx.progress({ done: state.done, total: productIds.length, unit: 'products' });
      }
      const { products, problems, counts } = state;
      return { products, problems, ...counts };
    },
  });
}
