import type { OrderLine, StoredOrder } from '../../world/order.js';

/** Amounts of a line in hundredths, for the units that are not cancelled. All but the discount are without tax. */
export interface LineAmounts {
  readonly item: number;
  readonly shipping: number;
  readonly giftWrap: number;
  readonly tax: number;
  readonly discount: number;
  /** What the buyer pays: all of the above, less the discount. */
  readonly total: number;
  /** What the tax is made of. */
  readonly taxOn: { readonly item: number; readonly shipping: number; readonly giftWrap: number };
}

/** South African VAT, taken for every marketplace: the sandbox is no tax engine. */
const vatPercent = 15;

/** What a merchant takes for the first line of a fast parcel, VAT included. */
const shippingCents = { STANDARD: 0, EXPEDITED: 6_000, NEXT_DAY: 9_900 } as const;
/** For one unit, VAT included. */
const giftWrapCents = 3_500;

export function centsOf(order: StoredOrder, line: OrderLine): LineAmounts {
  const units = line.quantity - line.cancelled;
  const goods = line.unitCents * units;
  const shipping = isFirstPaid(order, line) ? shippingCents[order.serviceLevel] : 0;
  const giftWrap = line.giftWrapped ? giftWrapCents * units : 0;
  const taxOn = { item: taxIn(goods), shipping: taxIn(shipping), giftWrap: taxIn(giftWrap) };
  const percent = Number(/\d+/.exec(line.promotionId ?? '')?.[0] ?? 0);
  const discount = Math.round((goods * percent) / 100);
  return {
    item: goods - taxOn.item,
    shipping: shipping - taxOn.shipping,
    giftWrap: giftWrap - taxOn.giftWrap,
    tax: taxOn.item + taxOn.shipping + taxOn.giftWrap,
    discount,
    total: goods + shipping + giftWrap - discount,
    taxOn,
  };
}

/** A replacement is sent for nothing, and Amazon's own parcels belong to its programs. */
function isFirstPaid(order: StoredOrder, line: OrderLine): boolean {
  if (order.fulfilledBy === 'AMAZON' || order.replaces !== undefined) return false;
  return order.lines.find(({ quantity, cancelled }) => quantity > cancelled) === line;
}

function taxIn(gross: number): number {
  return Math.round((gross * vatPercent) / (100 + vatPercent));
}
