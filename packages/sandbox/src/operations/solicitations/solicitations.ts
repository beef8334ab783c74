import { accessDenied } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import type { StoredOrder } from '../../world/order.js';
import type { Seller } from '../../world/seller.js';
import { orderOf } from '../orders/get-order.js';

const kind = 'productReviewAndSellerFeedback';
const day = 86_400_000;

/** From 5 to 30 days after the delivery, once per order; the sandbox takes the last change of a shipped order for its delivery. */
function isOffered(seller: Seller, order: StoredOrder, nowMs: number): boolean {
  const days = (nowMs - order.updatedMs) / day;
  return (
    order.status === 'SHIPPED' && days >= 5 && days <= 30 && !seller.correspondence.isReviewAsked(order.id)
  );
}

const getSolicitationActionsForOrder = implement(
  'solicitations',
  'v1',
  'getSolicitationActionsForOrder',
  ({ seller, region, params, now }) => {
    const order = orderOf(seller, region, params.amazonOrderId);
    const here = `/solicitations/v1/orders/${order.id}`;
    const query = `?marketplaceIds=${order.marketplaceId}`;
    const actions = isOffered(seller, order, now())
      ? [{ name: kind, href: `${here}/solicitations/${kind}${query}` }]
      : [];
    return { _links: { self: { href: `${here}${query}` }, actions }, _embedded: { actions: [] } };
  },
);

const createProductReviewAndSellerFeedbackSolicitation = implement(
  'solicitations',
  'v1',
  'createProductReviewAndSellerFeedbackSolicitation',
  ({ seller, region, params, now }) => {
    const order = orderOf(seller, region, params.amazonOrderId);
    if (!isOffered(seller, order, now()))
      throw accessDenied('A review cannot be asked for: it was asked for before, or it is not the time.');
    seller.correspondence.askForReview(order.id, now());
    return {};
  },
);

export const solicitationsOperations = [
  getSolicitationActionsForOrder,
  createProductReviewAndSellerFeedbackSolicitation,
];
