import { inboundItemOperations } from './inbound-items.js';
import { inboundPackingOperations } from './inbound-packing.js';
import { inboundPlacementOperations } from './inbound-placement.js';
import { inboundPlanOperations } from './inbound-plans.js';
import { inboundShipmentOperations } from './inbound-shipments.js';

/** Sending goods to Amazon's warehouses, as far as the sandbox does it. */
export const inboundOperations = [
  ...inboundPlanOperations,
  ...inboundPackingOperations,
  ...inboundPlacementOperations,
  ...inboundShipmentOperations,
  ...inboundItemOperations,
];
