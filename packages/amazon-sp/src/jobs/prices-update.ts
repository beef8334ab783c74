import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import { type BringState, bringChange } from './bring-change.js';
import type { AmazonJobParts } from './job-parts.js';
import { acceptedChange, type ListingChangeResult } from './listing-change-result.js';
import { marketplaceField, skuField } from './payload-fields.js';

const payloadSchema = z.strictObject({
  sku: skuField,
  /** The account's first marketplace by default. */
  marketplaceId: marketplaceField.optional(),
  price: z.strictObject({
    amount: z
      .string('write the amount as text, e.g. "129.90"')
      .regex(/^\d{1,13}(\.\d{1,4})?$/, 'write a decimal amount, e.g. "129.90"'),
    currency: z.string().regex(/^[A-Z]{3}$/, 'write an ISO 4217 code, e.g. "ZAR"'),
  }),
});

export type PricesUpdatePayload = z.output<typeof payloadSchema>;

/** Sets the price that the seller asks for a SKU. Repeatable: it replaces the price. Many of one account go to Amazon together. */
export function pricesUpdate(parts: AmazonJobParts): JobDefinition {
  return defineJob<PricesUpdatePayload, BringState, ListingChangeResult>({
    name: 'prices.update',
    section: 'prices',
    version: 1,
    priority: 'high',
    payload: payloadSchema,
    describe: ({ sku, price }) => ({ sku, price: `${price.amount} ${price.currency}` }),
    async run(ctx) {
      const amazon = await parts.connector(ctx.accountId);
      const { sku, price, marketplaceId = amazon.config.home.id } = ctx.payload;
      if (parts.queues !== undefined) {
        const patch = amazon.prices.patchOf({ sku, price, marketplaceId });
        return bringChange(ctx, parts, amazon, { sku, marketplaceId, field: 'price', patch });
      }
      const change = await ctx.call((terms) => amazon.prices.update({ sku, price, marketplaceId }, terms));
      return acceptedChange(change, ctx.accountId);
    },
  });
}
