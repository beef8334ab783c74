import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { type OrderItem, sku } from '@fluxori/core';
import { moneyOf } from '../mapping/money-of.js';
import { withoutUndefined } from '../mapping/without-undefined.js';
import { toAmounts } from './order-amounts.js';
import { toCancellation } from './order-cancellation.js';

type AmazonOrderItem = ResponseOf<'orders', '2026-01-01', 'getOrder'>['order']['orderItems'][number];

/**
 * A line of Amazon's order as the canonical one. What buyer or seller wrote (gift message, reason of a cancellation, note on the condition, a
 * design of the buyer's) is left behind.
 *
 * @param orderCancelled - the whole order is cancelled, so that nothing of the line is left to be sent.
 */
export function toOrderItem(item: AmazonOrderItem, orderCancelled: boolean): OrderItem {
  const { unitPrice } = item.product?.price ?? {};
  const { proceedsTotal, breakdowns } = item.proceeds ?? {};
  const { cancellationRequest: request, cancellationExecution: execution } = item.cancellation ?? {};
  const { giftMessage, giftWrapLevel } = item.fulfillment?.packing?.giftOption ?? {};
  return withoutUndefined({
    orderItemId: item.orderItemId,
    sku: item.product?.sellerSku ? sku(item.product.sellerSku) : undefined,
    productId: item.product?.asin,
    title: item.product?.title,
    ...quantities(item, orderCancelled),
    unitPrice: moneyOf(unitPrice?.amount, unitPrice?.currencyCode),
    lineTotal: moneyOf(proceedsTotal?.amount, proceedsTotal?.currencyCode),
    amounts: toAmounts(breakdowns),
    condition: conditionOf(item),
    promotionIds: some(item.promotion?.breakdowns?.flatMap(({ promotionId }) => promotionId ?? [])),
    programs: some(item.programs),
    gift: giftMessage || giftWrapLevel ? true : undefined,
    cancellationRequest: request && toCancellation(request.requester, request.cancelReason),
    cancellation: execution && toCancellation(execution.cancelledBy, execution.cancelReason),
  });
}

/** A list with something in it, or nothing. */
export function some<Value>(list: readonly Value[] | undefined): readonly Value[] | undefined {
  return list !== undefined && list.length > 0 ? list : undefined;
}

/** Amazon says how many units were sent and how many are to be sent; the rest of what was ordered is cancelled. */
function quantities({ quantityOrdered, fulfillment }: AmazonOrderItem, orderCancelled: boolean) {
  const quantityShipped = fulfillment?.quantityFulfilled ?? 0;
  const left = orderCancelled ? 0 : fulfillment?.quantityUnfulfilled;
  const cancelled = left === undefined ? undefined : quantityOrdered - quantityShipped - left;
  if (cancelled === undefined || cancelled < 0) return { quantityOrdered, quantityShipped };
  return { quantityOrdered, quantityShipped, quantityCancelled: cancelled, quantityUnfulfilled: left };
}

function conditionOf({ product }: AmazonOrderItem): string | undefined {
  const { conditionType, conditionSubtype } = product?.condition ?? {};
  if (conditionSubtype === undefined || conditionSubtype === conditionType) return conditionType;
  return conditionType === undefined ? conditionSubtype : `${conditionType}/${conditionSubtype}`;
}
