import { z } from 'zod';
import { marketplaceField, skuField } from './payload-fields.js';

/** What is to be brought in anew, by SKU. */
export const skusToRefresh = z.strictObject({
  skus: z.array(skuField).min(1, 'name at least one SKU').max(1_000, 'at most 1,000 SKUs in one job'),
  /** All marketplaces of the account by default. */
  marketplaceIds: z.array(marketplaceField).min(1, 'name at least one marketplace').optional(),
});

export type SkusToRefresh = z.output<typeof skusToRefresh>;

/** What of it is shown of a job. */
export function describeSkus({ skus, marketplaceIds }: SkusToRefresh): Record<string, string | number> {
  return {
    ...(skus.length === 1 ? { sku: skus[0] as string } : { skus: skus.length }),
    ...(marketplaceIds && { marketplaceIds: marketplaceIds.join(', ') }),
  };
}
