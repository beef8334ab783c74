import type { ResponseOf } from '@fluxori/amazon-sp-models';
import type { OutboundOrder, OutboundParcel } from '../../world/outbound-order.js';

type Result = NonNullable<ResponseOf<'fulfillmentOutbound', '2020-07-01', 'getFulfillmentOrder'>['payload']>;
type Returned = Result['returnItems'][number];

export function renderHead(order: OutboundOrder): Result['fulfillmentOrder'] {
  return {
    sellerFulfillmentOrderId: order.id,
    marketplaceId: order.marketplaceId,
    displayableOrderId: order.displayId,
    displayableOrderDate: order.displayDate,
    displayableOrderComment: order.comment,
    shippingSpeedCategory: order.speed,
    destinationAddress: order.address,
    fulfillmentAction: order.action,
    fulfillmentPolicy: order.policy,
    receivedDate: iso(order.receivedMs),
    fulfillmentOrderStatus: order.status,
    statusUpdatedDate: iso(order.updatedMs),
  };
}

export function renderOutbound(order: OutboundOrder): Result {
  return {
    fulfillmentOrder: renderHead(order),
    fulfillmentOrderItems: order.lines.map((line) => ({
      sellerSku: line.sku,
      sellerFulfillmentOrderItemId: line.itemId,
      quantity: line.quantity,
      cancelledQuantity: line.cancelled,
      unfulfillableQuantity: line.unfulfillable,
      estimatedShipDate: iso(order.receivedMs + 86_400_000),
      estimatedArrivalDate: iso(order.receivedMs + 3 * 86_400_000),
    })),
    fulfillmentShipments: order.parcels.map((parcel) => renderShipment(order, parcel)),
    returnItems: order.returns.map((one) => renderReturn(one)),
    returnAuthorizations: [],
  };
}

export function renderReturn(one: OutboundOrder['returns'][number]): Returned {
  return {
    sellerReturnItemId: one.returnItemId,
    sellerFulfillmentOrderItemId: one.itemId,
    amazonShipmentId: one.shipmentId,
    sellerReturnReasonCode: one.reasonCode,
    status: 'New',
    statusChangedDate: iso(one.createdMs),
  };
}

function renderShipment(
  order: OutboundOrder,
  parcel: OutboundParcel,
): NonNullable<Result['fulfillmentShipments']>[number] {
  const arrives = iso(parcel.shippedMs + 2 * 86_400_000);
  return {
    amazonShipmentId: parcel.shipmentId,
    fulfillmentCenterId: 'CPT1',
    fulfillmentShipmentStatus: 'SHIPPED',
    shippingDate: iso(parcel.shippedMs),
    estimatedArrivalDate: arrives,
    fulfillmentShipmentItem: order.lines.map((line) => ({
      sellerSku: line.sku,
      sellerFulfillmentOrderItemId: line.itemId,
      quantity: line.quantity - line.cancelled - line.unfulfillable,
      packageNumber: parcel.packageNumber,
    })),
    fulfillmentShipmentPackage: [
      {
        packageNumber: parcel.packageNumber,
        carrierCode: 'AMZL',
        trackingNumber: parcel.trackingNumber,
        estimatedArrivalDate: arrives,
      },
    ],
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
