import type { ResponseOf } from '@fluxori/amazon-sp-models';
import type { BoxGiven, InboundPlan, InboundShipment, PlanItem } from '../../inbound/inbound-plan.js';
import type { Seller } from '../../world/seller.js';

type Answer<Name extends 'listShipmentItems' | 'listShipmentBoxes' | 'getShipment' | 'listInboundPlans'> =
  ResponseOf<'fulfillmentInbound', '2024-03-20', Name>;
type Item = Answer<'listShipmentItems'>['items'][number];
type Box = Answer<'listShipmentBoxes'>['boxes'][number];
type Summary = NonNullable<Answer<'listInboundPlans'>['inboundPlans']>[number];

export function renderItem(seller: Seller, plan: InboundPlan, item: PlanItem): Item {
  const listing = seller.listing(plan.marketplaceId, item.msku);
  return {
    asin: listing?.asin ?? '',
    fnsku: listing?.fnSku ?? '',
    msku: item.msku,
    quantity: item.quantity,
    labelOwner: item.labelOwner,
    prepInstructions: [{ prepOwner: item.prepOwner, prepType: 'ITEM_NO_PREP' }],
    ...(item.expiration === undefined ? {} : { expiration: item.expiration }),
    ...(item.manufacturingLotCode === undefined ? {} : { manufacturingLotCode: item.manufacturingLotCode }),
  };
}

export function renderBox(seller: Seller, plan: InboundPlan, box: BoxGiven, at: number): Box {
  return {
    packageId: `bx${plan.id.slice(2, -4)}${String(at).padStart(4, '0')}`,
    boxId: `FBA${plan.id.slice(2, 10).toUpperCase()}U${String(at + 1).padStart(6, '0')}`,
    contentInformationSource: box.contentInformationSource,
    dimensions: box.dimensions,
    weight: box.weight,
    quantity: box.quantity,
    items: (box.items ?? []).map((item) => renderItem(seller, plan, item)),
  };
}

export function renderSummary(plan: InboundPlan): Summary {
  return {
    inboundPlanId: plan.id,
    name: plan.name,
    status: plan.status,
    marketplaceIds: [plan.marketplaceId],
    createdAt: iso(plan.createdMs),
    lastUpdatedAt: iso(plan.updatedMs),
    sourceAddress: plan.source,
  };
}

export function renderShipment(shipment: InboundShipment): Answer<'getShipment'> {
  const { window } = shipment;
  return {
    shipmentId: shipment.id,
    placementOptionId: shipment.placementOptionId,
    name: shipment.name,
    status: shipment.status,
    source: { sourceType: 'SELLER_FACILITY', address: shipment.source },
    destination: { destinationType: 'AMAZON_WAREHOUSE', warehouseId: shipment.warehouseId },
    ...(shipment.confirmationId === undefined ? {} : { shipmentConfirmationId: shipment.confirmationId }),
    ...(shipment.transportationOptionId === undefined
      ? {}
      : { selectedTransportationOptionId: shipment.transportationOptionId }),
    ...(shipment.tracking === undefined ? {} : { trackingDetails: shipment.tracking }),
    ...(window === undefined
      ? {}
      : {
          selectedDeliveryWindow: {
            availabilityType: window.availabilityType,
            deliveryWindowOptionId: window.deliveryWindowOptionId,
            startDate: window.startDate,
            endDate: window.endDate,
          },
        }),
  };
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
