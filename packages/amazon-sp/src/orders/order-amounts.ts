import type { AmountType, Money, OrderAmount } from '@fluxori/core';
import { moneyOf } from '../mapping/money-of.js';

/** Amazon's categories of proceeds (orders 2026-01-01) in our words. */
const amountTypes: Readonly<Record<string, AmountType>> = {
  ITEM: 'item',
  SHIPPING: 'shipping',
  GIFT_WRAP: 'gift-wrap',
  COD_FEE: 'cash-on-delivery',
  TAX: 'tax',
  DISCOUNT: 'discount',
  DELIVERY_TIP: 'tip',
};

interface AmazonMoney {
  readonly amount: string;
  readonly currencyCode: string;
}

interface Breakdown {
  readonly type: string;
  readonly subtotal: AmazonMoney;
  readonly detailedBreakdowns?: readonly { readonly subtype?: string; readonly value?: AmazonMoney }[];
}

/** Amazon's breakdown of an order's or a line's proceeds; undefined when there is none. */
export function toAmounts(breakdowns: readonly Breakdown[] = []): readonly OrderAmount[] | undefined {
  const amounts = breakdowns.flatMap(({ type, subtotal, detailedBreakdowns = [] }) => {
    // Amazon's model does not say which sign a discount has; ours is below zero, so that the parts add up.
    const lowers = type === 'DISCOUNT';
    const parts = detailedBreakdowns.flatMap(({ subtype, value }) => amount(subtype, value, lowers));
    return amount(type, subtotal, lowers).map((whole) => (parts.length > 0 ? { ...whole, parts } : whole));
  });
  return amounts.length > 0 ? amounts : undefined;
}

function amount(type = 'OTHER', value: AmazonMoney | undefined, lowers: boolean) {
  const read = moneyOf(value?.amount, value?.currencyCode);
  if (read === undefined) return [];
  return [
    {
      type: amountTypes[type] ?? ('other' as const),
      platformType: type,
      amount: lowers ? belowZero(read) : read,
    },
  ];
}

function belowZero(value: Money): Money {
  const isAbove = !value.amount.startsWith('-') && /[1-9]/.test(value.amount);
  return isAbove ? { ...value, amount: `-${value.amount}` } : value;
}
