import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import { quantityPatch } from '../listings/listing-mapping.js';
import { type BringState, bringChange } from './bring-change.js';
import type { AmazonJobParts } from './job-parts.js';
import { acceptedChange, type ListingChangeResult } from './listing-change-result.js';
import { marketplaceField, skuField } from './payload-fields.js';

const payloadSchema = z.strictObject({
  sku: skuField,
  /** The account's first marketplace by default. */
  marketplaceId: marketplaceField.optional(),
  quantity: z
    .number('write the number of units')
    .multipleOf(1, 'write a whole number of units')
    .min(0, 'write zero or more units'),
});

export type InventoryUpdatePayload = z.output<typeof payloadSchema>;

/** Sets how many the seller has of a SKU that it ships itself. Repeatable: it replaces the number. Many of one account go to Amazon together. */
export function inventoryUpdate(parts: AmazonJobParts): JobDefinition {
  return defineJob<InventoryUpdatePayload, BringState, ListingChangeResult>({
    name: 'inventory.update',
    section: 'inventory',
    version: 1,
    priority: 'high',
    payload: payloadSchema,
    describe: ({ sku, quantity }) => ({ sku, quantity }),
    async run(ctx) {
      const amazon = await parts.connector(ctx.accountId);
      const { sku, quantity, marketplaceId = amazon.config.home.id } = ctx.payload;
      if (parts.queues !== undefined) {
        const patch = quantityPatch({ sku, quantity, marketplaceId });
        return bringChange(ctx, parts, amazon, { sku, marketplaceId, field: 'quantity', patch });
      }
      const change = await ctx.call((terms) =>
        amazon.inventory.update({ sku, quantity, marketplaceId }, terms),
      );
      return acceptedChange(change, ctx.accountId);
    },
  });
}
