import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { notFound } from '../../http/refusal.js';
import type { InboundShipment, PlanAddress } from '../../inbound/inbound-plan.js';
import { shipmentsOf } from '../../inbound/inbound-plan.js';
import { implement } from '../../operation/implementation.js';
import { pageOf } from './inbound-page.js';
import { addressBody } from './inbound-plans.js';
import { shipmentMeant } from './inbound-subject.js';
import { iso, renderBox, renderItem, renderShipment } from './render-inbound.js';

const day = 86_400_000;

const getShipment = implement('fulfillmentInbound', '2024-03-20', 'getShipment', (call) =>
  renderShipment(shipmentMeant(call).shipment),
);

const listShipmentItems = implement('fulfillmentInbound', '2024-03-20', 'listShipmentItems', (call) => {
  const { plan, shipment } = shipmentMeant(call);
  const { items, pagination } = pageOf(call, 'listShipmentItems', shipment.items);
  return {
    items: items.map((item) => renderItem(call.seller, plan, item)),
    ...(pagination && { pagination }),
  };
});

const listShipmentBoxes = implement('fulfillmentInbound', '2024-03-20', 'listShipmentBoxes', (call) => {
  const { plan, shipment } = shipmentMeant(call);
  const { items, pagination } = pageOf(call, 'listShipmentBoxes', shipment.boxes);
  return {
    boxes: items.map((box) => renderBox(call.seller, plan, box, shipment.boxes.indexOf(box))),
    ...(pagination && { pagination }),
  };
});

const listShipmentPallets = implement('fulfillmentInbound', '2024-03-20', 'listShipmentPallets', (call) => {
  shipmentMeant(call);
  return { pallets: [] };
});

const updateShipmentName = implement('fulfillmentInbound', '2024-03-20', 'updateShipmentName', (call) => {
  const { name } = readBody(z.object({ name: z.string().min(1).max(100) }), call.params.body);
  shipmentMeant(call).shipment.name = name;
  return undefined;
});

const updateShipmentSourceAddress = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'updateShipmentSourceAddress',
  (call) => {
    const { address } = readBody(z.object({ address: addressBody }), call.params.body);
    const { shipment } = shipmentMeant(call);
    return call.desks.inbound.begin(call.seller, 'updateShipmentSourceAddress', () => {
      shipment.source = address as PlanAddress;
      return [];
    });
  },
);

const tracking = z.object({
  trackingDetails: z.object({
    ltlTrackingDetail: z.looseObject({ freightBillNumber: z.array(z.string()) }).optional(),
    spdTrackingDetail: z
      .looseObject({ spdTrackingItems: z.array(z.object({ boxId: z.string(), trackingId: z.string() })) })
      .optional(),
  }),
});

/** With the carrier's numbers the shipment counts as shipped; its plan does not say that it changed. */
const updateShipmentTrackingDetails = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'updateShipmentTrackingDetails',
  (call) => {
    const { trackingDetails } = readBody(tracking, call.params.body);
    const { plan, shipment } = shipmentMeant(call);
    return call.desks.inbound.begin(call.seller, 'updateShipmentTrackingDetails', () => {
      shipment.tracking = trackingDetails as InboundShipment['tracking'];
      shipment.status = 'SHIPPED';
      if (shipmentsOf(plan).every(({ status }) => status === 'SHIPPED')) plan.status = 'SHIPPED';
      return [];
    });
  },
);

const generateDeliveryWindowOptions = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'generateDeliveryWindowOptions',
  (call) => {
    const { shipment } = shipmentMeant(call);
    const { inbound } = call.desks;
    return inbound.begin(call.seller, 'generateDeliveryWindowOptions', () => {
      const nowMs = call.now();
      shipment.windows = [7, 14].map((days) => ({
        deliveryWindowOptionId: inbound.newId('dw'),
        availabilityType: 'AVAILABLE',
        startDate: iso(nowMs + days * day),
        endDate: iso(nowMs + (days + 7) * day),
        validUntil: iso(nowMs + 2 * day),
      }));
      return [];
    });
  },
);

const listDeliveryWindowOptions = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'listDeliveryWindowOptions',
  (call) => {
    const { shipment } = shipmentMeant(call);
    const { items, pagination } = pageOf(call, 'listDeliveryWindowOptions', shipment.windows);
    return { deliveryWindowOptions: items, ...(pagination && { pagination }) };
  },
);

const confirmDeliveryWindowOptions = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'confirmDeliveryWindowOptions',
  (call) => {
    const { shipment } = shipmentMeant(call);
    const window = shipment.windows.find(
      ({ deliveryWindowOptionId }) => deliveryWindowOptionId === call.params.deliveryWindowOptionId,
    );
    if (window === undefined) throw notFound('The delivery window option does not exist.');
    return call.desks.inbound.begin(call.seller, 'confirmDeliveryWindowOptions', () => {
      shipment.window = window;
      return [];
    });
  },
);

export const inboundShipmentOperations = [
  getShipment,
  listShipmentItems,
  listShipmentBoxes,
  listShipmentPallets,
  updateShipmentName,
  updateShipmentSourceAddress,
  updateShipmentTrackingDetails,
  generateDeliveryWindowOptions,
  listDeliveryWindowOptions,
  confirmDeliveryWindowOptions,
];
