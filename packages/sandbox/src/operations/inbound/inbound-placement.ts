import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { invalidInput, notFound } from '../../http/refusal.js';
import { type InboundPlan, type PlanItem, shipmentsOf } from '../../inbound/inbound-plan.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import { findMarketplace } from '../../world/marketplaces.js';
import { pageOf } from './inbound-page.js';
import { activePlan, message, planMeant } from './inbound-subject.js';
import { iso } from './render-inbound.js';

type Here = Pick<OperationCall<unknown>, 'desks' | 'seller' | 'now'>;
const day = 86_400_000;

/** Two options: all to one warehouse for a fee, or split over two for nothing. */
const generatePlacementOptions = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'generatePlacementOptions',
  (call) => {
    const plan = activePlan(call);
    if (shipmentsOf(plan).length > 0) throw invalidInput(message, 'A placement option is confirmed already.');
    return call.desks.inbound.begin(call.seller, 'generatePlacementOptions', () => {
      const whole = optionOf(call, plan, 25_000, [{ warehouseId: 'JNB1', items: plan.items }]);
      const halves = optionOf(call, plan, 0, [
        { warehouseId: 'JNB1', items: share(plan.items, Math.ceil) },
        { warehouseId: 'CPT1', items: share(plan.items, Math.floor) },
      ]);
      plan.placements = [whole, halves];
      plan.updatedMs = call.now();
      return [];
    });
  },
);

function optionOf(
  { desks: { inbound } }: Here,
  plan: InboundPlan,
  feeCents: number,
  parts: readonly { readonly warehouseId: string; readonly items: readonly PlanItem[] }[],
): InboundPlan['placements'][number] {
  const id = inbound.newId('pl');
  return {
    ...{ id, feeCents, status: 'OFFERED' },
    shipments: parts
      .filter(({ items }) => items.length > 0)
      .map(({ warehouseId, items }) => ({
        ...{ warehouseId, items, placementOptionId: id, boxes: [], windows: [] },
        id: inbound.newId('sh'),
        name: `${plan.name} ${warehouseId}`,
        status: 'UNCONFIRMED',
        source: plan.source,
      })),
  };
}

function share(items: readonly PlanItem[], round: (half: number) => number): PlanItem[] {
  return items
    .map((item) => ({ ...item, quantity: round(item.quantity / 2) }))
    .filter(({ quantity }) => quantity > 0);
}

const listPlacementOptions = implement('fulfillmentInbound', '2024-03-20', 'listPlacementOptions', (call) => {
  const plan = planMeant(call);
  const code = findMarketplace(plan.marketplaceId)?.currency ?? 'ZAR';
  const { items, pagination } = pageOf(call, 'listPlacementOptions', plan.placements);
  return {
    placementOptions: items.map(({ id, status, feeCents, shipments }) => ({
      placementOptionId: id,
      status,
      shipmentIds: shipments.map((shipment) => shipment.id),
      discounts: [],
      fees:
        feeCents === 0
          ? []
          : [
              {
                description: 'Placement service fee',
                target: 'Placement Services',
                type: 'FEE',
                value: { amount: feeCents / 100, code },
              },
            ],
      expiration: iso(plan.updatedMs + 2 * day),
    })),
    ...(pagination && { pagination }),
  };
});

const confirmPlacementOption = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'confirmPlacementOption',
  (call) => {
    const plan = activePlan(call);
    const option = plan.placements.find(({ id }) => id === call.params.placementOptionId);
    if (option === undefined) throw notFound('The placement option does not exist.');
    if (shipmentsOf(plan).length > 0) throw invalidInput(message, 'A placement option is confirmed already.');
    return call.desks.inbound.begin(call.seller, 'confirmPlacementOption', () => {
      for (const one of plan.placements) one.status = one === option ? 'ACCEPTED' : 'EXPIRED';
      for (const shipment of option.shipments) {
        shipment.status = 'WORKING';
        shipment.confirmationId = `FBA${shipment.id.slice(2, 10).toUpperCase()}`;
        for (const { msku, quantity } of shipment.items) {
          const listing = call.seller.listing(plan.marketplaceId, msku);
          if (listing !== undefined) listing.stock.inboundWorking += quantity;
        }
      }
      plan.updatedMs = call.now();
      return [];
    });
  },
);

const transportWish = z.looseObject({
  placementOptionId: z.string(),
  shipmentTransportationConfigurations: z
    .array(z.looseObject({ shipmentId: z.string(), readyToShipWindow: z.looseObject({ start: z.string() }) }))
    .min(1),
});

/** For each shipment: a partnered carrier for a price, or the seller's own. */
const generateTransportationOptions = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'generateTransportationOptions',
  (call) => {
    const plan = activePlan(call);
    const wish = readBody(transportWish, call.params.body);
    const option = plan.placements.find(({ id }) => id === wish.placementOptionId);
    if (option === undefined) throw invalidInput(message, 'The placement option does not exist.');
    const code = findMarketplace(plan.marketplaceId)?.currency ?? 'ZAR';
    const { inbound } = call.desks;
    return inbound.begin(call.seller, 'generateTransportationOptions', () => {
      plan.transportation = option.shipments.flatMap(({ id: shipmentId }) => [
        {
          ...{ shipmentId, transportationOptionId: inbound.newId('to'), shippingMode: 'GROUND_SMALL_PARCEL' },
          carrier: { name: 'The Courier Guy', alphaCode: 'TCG' },
          shippingSolution: 'AMAZON_PARTNERED_CARRIER',
          preconditions: [],
          quote: { cost: { amount: 199, code }, expiration: iso(call.now() + day) },
        },
        {
          ...{ shipmentId, transportationOptionId: inbound.newId('to'), shippingMode: 'GROUND_SMALL_PARCEL' },
          carrier: { name: 'Other', alphaCode: 'OTHER' },
          shippingSolution: 'USE_YOUR_OWN_CARRIER',
          preconditions: ['CONFIRMED_DELIVERY_WINDOW'],
        },
      ]);
      return [];
    });
  },
);

const listTransportationOptions = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'listTransportationOptions',
  (call) => {
    const { placementOptionId, shipmentId } = call.params;
    const plan = planMeant(call);
    const ids = plan.placements.find(({ id }) => id === placementOptionId)?.shipments.map(({ id }) => id);
    const found = plan.transportation.filter((one) =>
      shipmentId === undefined ? ids?.includes(one.shipmentId) : one.shipmentId === shipmentId,
    );
    const { items, pagination } = pageOf(call, 'listTransportationOptions', found);
    return { transportationOptions: items, ...(pagination && { pagination }) };
  },
);

const choice = z.object({
  transportationSelections: z
    .array(z.looseObject({ shipmentId: z.string(), transportationOptionId: z.string() }))
    .min(1),
});

/** All shipments at once; with the seller's own carrier a delivery window must be confirmed before. */
const confirmTransportationOptions = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'confirmTransportationOptions',
  (call) => {
    const plan = activePlan(call);
    const { transportationSelections: chosen } = readBody(choice, call.params.body);
    const shipments = shipmentsOf(plan);
    if (shipments.length === 0) throw invalidInput(message, 'A placement option must be confirmed first.');
    return call.desks.inbound.begin(call.seller, 'confirmTransportationOptions', () => {
      for (const shipment of shipments) {
        const id = chosen.find(({ shipmentId }) => shipmentId === shipment.id)?.transportationOptionId;
        const option = plan.transportation.find((one) => one.transportationOptionId === id);
        const problem = (code: string, text: string) => [{ code, message: text, severity: 'ERROR' as const }];
        if (option === undefined)
          return problem('FBA_INB_0219', 'Every shipment needs a transportation option.');
        if (option.preconditions.length > 0 && shipment.window === undefined)
          return problem('FBA_INB_0229', 'The delivery window is not confirmed.');
      }
      for (const shipment of shipments) {
        shipment.status = 'READY_TO_SHIP';
        const selection = chosen.find(({ shipmentId }) => shipmentId === shipment.id);
        if (selection !== undefined) shipment.transportationOptionId = selection.transportationOptionId;
      }
      plan.updatedMs = call.now();
      return [];
    });
  },
);

export const inboundPlacementOperations = [
  generatePlacementOptions,
  listPlacementOptions,
  confirmPlacementOption,
  generateTransportationOptions,
  listTransportationOptions,
  confirmTransportationOptions,
];
