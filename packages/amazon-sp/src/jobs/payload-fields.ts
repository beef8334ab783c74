import { type MarketplaceId, type OrderId, orderId, type Sku, sku } from '@fluxori/core';
import { z } from 'zod';
import { findMarketplace, unknownMarketplace } from '../regions/marketplaces.js';

/** ISO 8601 with an offset. */
export const instantField = z.iso.datetime({
  offset: true,
  error: 'write a date and time in ISO 8601 with an offset, e.g. 2026-01-31T08:00:00Z',
});

/** A marketplace by id or country code; comes out as its id. Whether it is of the account's region is checked when the job runs. */
export const marketplaceField = z
  .string('write a marketplace id or country code')
  .transform((name, context) => {
    const found = findMarketplace(name);
    if (found !== undefined) return found.id;
    context.addIssue({ code: 'custom', message: unknownMarketplace(name) });
    return z.NEVER;
  }) as z.ZodType<MarketplaceId>;

export const skuField = z
  .string('write the SKU as text')
  .trim()
  .min(1, 'the SKU is empty')
  .max(255, 'a SKU has at most 255 characters')
  .transform((text): Sku => sku(text)) as z.ZodType<Sku>;

export const orderIdField = z
  .string('write the order id as text')
  .regex(/^[A-Z0-9]+(-[A-Z0-9]+)+$/i, 'an order id looks like 902-1234567-1234567')
  .transform((text): OrderId => orderId(text)) as z.ZodType<OrderId>;

/** Above zero. */
export const unitsField = z
  .number('write a number of units')
  .multipleOf(1, 'write a whole number of units')
  .min(1, 'at least one unit');

export const asinField = z
  .string('write the ASIN as text')
  .trim()
  .regex(/^[A-Z0-9]{10}$/i, 'an ASIN has ten letters and digits, e.g. B00EXAMPLE')
  .transform((text) => text.toUpperCase());

/** Zero or more. */
export const moneyField = z.strictObject({
  amount: z
    .string('write the amount as text, e.g. "129.90"')
    .regex(/^\d{1,13}(\.\d{1,4})?$/, 'write a decimal amount, e.g. "129.90"'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'write an ISO 4217 code, e.g. "ZAR"'),
});
