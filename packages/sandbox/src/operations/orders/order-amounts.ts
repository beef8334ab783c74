import type { OrderLine } from '../../world/order.js';

/** Amounts of a line in hundredths. Item and tax add up to what the buyer sees, less the discount. */
export interface LineAmounts {
  readonly item: number;
  readonly tax: number;
  readonly discount: number;
  readonly total: number;
}

/** South African VAT, taken for every marketplace: the sandbox is no tax engine. */
const vatPercent = 15;

export function centsOf(line: OrderLine): LineAmounts {
  const gross = line.unitCents * line.quantity;
  const tax = Math.round((gross * vatPercent) / (100 + vatPercent));
  const percent = Number(/\d+/.exec(line.promotionId ?? '')?.[0] ?? 0);
  const discount = Math.round((gross * percent) / 100);
  return { item: gross - tax, tax, discount, total: gross - discount };
}
