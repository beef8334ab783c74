import { readBody } from '../../checks/body-schema.js';
import { momentOf } from '../../checks/moment.js';
import { invalidInput } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import { Prng } from '../../random/prng.js';
import type { OutboundLine, OutboundStatus } from '../../world/outbound-order.js';
import type { Seller } from '../../world/seller.js';
import { createBody, statusBody, updateBody } from './outbound-body.js';
import { listingOf, marketplaceOf, message, orderOf } from './outbound-subject.js';
import { renderHead, renderOutbound } from './render-outbound.js';

const pageSize = 50;
const pageTokenLifetimeMs = 24 * 3_600_000;
/** Without a beginning, Amazon lists the orders of so long. */
const listedMs = 36 * 3_600_000;
/** The states in which an order can still be stopped. Source: FulfillmentOrderStatus. */
const cancellable: readonly OutboundStatus[] = ['New', 'Received', 'Planning', 'Invalid'];

function take(
  seller: Seller,
  marketplaceId: string,
  lines: readonly OutboundLine[],
  sign: 1 | -1,
  now: number,
) {
  for (const { sku, quantity, cancelled, unfulfillable } of lines) {
    const listing = seller.listing(marketplaceId, sku);
    if (listing === undefined) continue;
    listing.stock.fulfillable -= sign * (quantity - cancelled - unfulfillable);
    listing.stock.updatedMs = now;
  }
}

/** Each number is taken once. An order without enough stock is Invalid, unless what there is may be sent. */
const createFulfillmentOrder = implement(
  'fulfillmentOutbound',
  '2020-07-01',
  'createFulfillmentOrder',
  (call) => {
    const body = readBody(createBody, call.params.body);
    const { seller } = call;
    const now = call.now();
    const marketplaceId = marketplaceOf(call, body.marketplaceId);
    const id = body.sellerFulfillmentOrderId;
    if (seller.outbound.get(id) !== undefined)
      throw invalidInput(message, `sellerFulfillmentOrderId ${id} is already in use.`);
    const partly = body.fulfillmentPolicy === 'FillAllAvailable';
    const lines = body.items.map(({ sellerSku: sku, sellerFulfillmentOrderItemId: itemId, quantity }) => {
      const { fulfillable } = listingOf(seller, marketplaceId, sku).stock;
      return { sku, itemId, quantity, cancelled: 0, unfulfillable: Math.max(0, quantity - fulfillable) };
    });
    const invalid = !partly && lines.some(({ unfulfillable }) => unfulfillable > 0);
    if (!invalid) take(seller, marketplaceId, lines, 1, now);
    seller.outbound.add({
      ...{ id, marketplaceId, lines, receivedMs: now, updatedMs: now, parcels: [], returns: [] },
      displayId: body.displayableOrderId,
      displayDate: body.displayableOrderDate,
      comment: body.displayableOrderComment,
      speed: body.shippingSpeedCategory,
      address: body.destinationAddress,
      action: body.fulfillmentAction,
      policy: body.fulfillmentPolicy,
      status: invalid ? 'Invalid' : 'Received',
    });
    return {};
  },
);

const getFulfillmentOrder = implement('fulfillmentOutbound', '2020-07-01', 'getFulfillmentOrder', (call) => ({
  payload: renderOutbound(orderOf(call, call.params.sellerFulfillmentOrderId)),
}));

const listAllFulfillmentOrders = implement(
  'fulfillmentOutbound',
  '2020-07-01',
  'listAllFulfillmentOrders',
  (call) => {
    const { queryStartDate, nextToken } = call.params;
    const owner = `fulfillmentOutbound.listAllFulfillmentOrders|${call.seller.sellerId}`;
    const start =
      nextToken === undefined
        ? { since: momentOf(queryStartDate ?? '') ?? call.now() - listedMs, at: 0 }
        : call.pages.read<{ since: number; at: number }>(owner, '', nextToken, 'nextToken');
    const found = call.seller.outbound.since(start.since);
    const until = start.at + pageSize;
    const next = { since: start.since, at: until };
    return {
      payload: {
        fulfillmentOrders: found.slice(start.at, until).map(renderHead),
        ...(until < found.length
          ? { nextToken: call.pages.issue(owner, '', next, pageTokenLifetimeMs) }
          : {}),
      },
    };
  },
);

const updateFulfillmentOrder = implement(
  'fulfillmentOutbound',
  '2020-07-01',
  'updateFulfillmentOrder',
  (call) => {
    const body = readBody(updateBody, call.params.body);
    const order = orderOf(call, call.params.sellerFulfillmentOrderId);
    if (order.action !== 'Hold' && order.status !== 'Received')
      throw invalidInput(message, `An order that is ${order.status} cannot be changed.`);
    for (const { sellerFulfillmentOrderItemId, quantity } of body.items ?? []) {
      const line = order.lines.find(({ itemId }) => itemId === sellerFulfillmentOrderItemId);
      if (line === undefined)
        throw invalidInput(message, `There is no item ${sellerFulfillmentOrderItemId}.`);
      line.quantity = quantity;
    }
    order.action = body.fulfillmentAction ?? order.action;
    order.speed = body.shippingSpeedCategory ?? order.speed;
    order.comment = body.displayableOrderComment ?? order.comment;
    order.address = body.destinationAddress ?? order.address;
    order.updatedMs = call.now();
    return {};
  },
);

const cancelFulfillmentOrder = implement(
  'fulfillmentOutbound',
  '2020-07-01',
  'cancelFulfillmentOrder',
  (call) => {
    const order = orderOf(call, call.params.sellerFulfillmentOrderId);
    if (order.status === 'Cancelled') return {};
    if (!cancellable.includes(order.status))
      throw invalidInput(message, `An order that is ${order.status} cannot be cancelled.`);
    if (order.status !== 'Invalid') take(call.seller, order.marketplaceId, order.lines, -1, call.now());
    for (const line of order.lines) line.cancelled = line.quantity - line.unfulfillable;
    order.status = 'Cancelled';
    order.updatedMs = call.now();
    return {};
  },
);

/** Amazon's own sandbox has this, too: the test says how far the order is. */
const submitFulfillmentOrderStatusUpdate = implement(
  'fulfillmentOutbound',
  '2020-07-01',
  'submitFulfillmentOrderStatusUpdate',
  (call) => {
    const { fulfillmentOrderStatus: status } = readBody(statusBody, call.params.body);
    const order = orderOf(call, call.params.sellerFulfillmentOrderId);
    order.status = status;
    order.updatedMs = call.now();
    if ((status === 'Complete' || status === 'CompletePartialled') && order.parcels.length === 0) {
      const prng = Prng.of(call.world.seed, 'outbound', call.seller.sellerId, order.id);
      order.parcels.push({
        packageNumber: prng.integer(100_000_000, 999_999_999),
        shipmentId: prng.text(9, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'),
        trackingNumber: `ZA${prng.integer(10_000_000, 99_999_999)}`,
        shippedMs: call.now(),
      });
    }
    return {};
  },
);

export const outboundOrderOperations = [
  createFulfillmentOrder,
  getFulfillmentOrder,
  listAllFulfillmentOrders,
  updateFulfillmentOrder,
  cancelFulfillmentOrder,
  submitFulfillmentOrderStatusUpdate,
];
