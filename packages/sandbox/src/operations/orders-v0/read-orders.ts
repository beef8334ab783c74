import { implement } from '../../operation/implementation.js';
import { orderOf } from '../orders/get-order.js';
import { addressOf, buyerInfoOf, itemBuyerInfoOf, renderItemV0, renderOrderV0 } from './render-order.js';

/** The v0 reading operations that Amazon removes on 2027-03-27, except for the list. */

export const getOrderV0 = implement('orders', 'v0', 'getOrder', (call) => ({
  payload: renderOrderV0(
    call.seller,
    orderOf(call.seller, call.region, call.params.orderId),
    call.dataElements,
  ),
}));

export const getOrderItems = implement('orders', 'v0', 'getOrderItems', (call) => {
  const order = orderOf(call.seller, call.region, call.params.orderId);
  return {
    payload: { AmazonOrderId: order.id, OrderItems: order.lines.map((line) => renderItemV0(order, line)) },
  };
});

export const getOrderAddress = implement('orders', 'v0', 'getOrderAddress', (call) => {
  const order = orderOf(call.seller, call.region, call.params.orderId);
  return { payload: { AmazonOrderId: order.id, ShippingAddress: addressOf(call.seller, order) } };
});

export const getOrderBuyerInfo = implement('orders', 'v0', 'getOrderBuyerInfo', (call) => {
  const order = orderOf(call.seller, call.region, call.params.orderId);
  return { payload: { AmazonOrderId: order.id, ...buyerInfoOf(call.seller, order) } };
});

export const getOrderItemsBuyerInfo = implement('orders', 'v0', 'getOrderItemsBuyerInfo', (call) => {
  const order = orderOf(call.seller, call.region, call.params.orderId);
  return {
    payload: {
      AmazonOrderId: order.id,
      OrderItems: order.lines.map((line) => itemBuyerInfoOf(call.seller, order, line)),
    },
  };
});
