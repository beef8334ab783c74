import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { invalidInput, notFound } from '../../http/refusal.js';
import { type BoxGiven, shipmentsOf } from '../../inbound/inbound-plan.js';
import { implement } from '../../operation/implementation.js';
import { pageOf } from './inbound-page.js';
import { activePlan, groupMeant, groupOf, message, planMeant } from './inbound-subject.js';
import { renderBox, renderItem } from './render-inbound.js';

const boxes = z
  .array(
    z.looseObject({
      contentInformationSource: z.enum(['BOX_CONTENT_PROVIDED', 'MANUAL_PROCESS', 'BARCODE_2D']),
      quantity: z.int().min(1).max(10_000),
      dimensions: z.looseObject({}),
      weight: z.looseObject({}),
      items: z.array(z.looseObject({ msku: z.string(), quantity: z.int().min(1) })).optional(),
    }),
  )
  .min(1)
  .max(5000);
const packing = z.object({
  packageGroupings: z.array(
    z.object({ boxes, packingGroupId: z.string().optional(), shipmentId: z.string().optional() }),
  ),
});

/** One option: all in one group, in any boxes. */
const generatePackingOptions = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'generatePackingOptions',
  (call) => {
    const plan = activePlan(call);
    const { inbound } = call.desks;
    return inbound.begin(call.seller, 'generatePackingOptions', () => {
      const groups = [{ id: inbound.newId('pg'), items: plan.items, boxes: [] }];
      plan.packing = [{ id: inbound.newId('po'), status: 'OFFERED', groups }];
      plan.updatedMs = call.now();
      return [];
    });
  },
);

const listPackingOptions = implement('fulfillmentInbound', '2024-03-20', 'listPackingOptions', (call) => {
  const { items, pagination } = pageOf(call, 'listPackingOptions', planMeant(call).packing);
  return {
    packingOptions: items.map(({ id, status, groups }) => ({
      packingOptionId: id,
      status,
      packingGroups: groups.map((group) => group.id),
      discounts: [],
      fees: [],
      supportedConfigurations: [
        {
          boxPackingMethods: ['BOX_CONTENT_PROVIDED'],
          boxRequirements: { weight: { minimum: 0, maximum: 23, unit: 'KG' } },
        },
      ],
      supportedShippingConfigurations: [],
    })),
    ...(pagination && { pagination }),
  };
});

const confirmPackingOption = implement('fulfillmentInbound', '2024-03-20', 'confirmPackingOption', (call) => {
  const plan = activePlan(call);
  const option = plan.packing.find(({ id }) => id === call.params.packingOptionId);
  if (option === undefined) throw notFound('The packing option does not exist.');
  return call.desks.inbound.begin(call.seller, 'confirmPackingOption', () => {
    for (const one of plan.packing) one.status = one === option ? 'ACCEPTED' : 'EXPIRED';
    plan.updatedMs = call.now();
    return [];
  });
});

const listPackingGroupItems = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'listPackingGroupItems',
  (call) => {
    const { plan, group } = groupMeant(call);
    const { items, pagination } = pageOf(call, 'listPackingGroupItems', group.items);
    return {
      items: items.map((item) => renderItem(call.seller, plan, item)),
      ...(pagination && { pagination }),
    };
  },
);

const listPackingGroupBoxes = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'listPackingGroupBoxes',
  (call) => {
    const { plan, group } = groupMeant(call);
    const { items, pagination } = pageOf(call, 'listPackingGroupBoxes', group.boxes);
    return {
      boxes: items.map((box) => renderBox(call.seller, plan, box, group.boxes.indexOf(box))),
      ...(pagination && { pagination }),
    };
  },
);

/** The boxes must hold what the group or the shipment holds. */
const setPackingInformation = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'setPackingInformation',
  (call) => {
    const plan = activePlan(call);
    const { packageGroupings } = readBody(packing, call.params.body);
    const given = packageGroupings.map(({ packingGroupId, shipmentId, boxes: content }) => {
      if ((packingGroupId === undefined) === (shipmentId === undefined))
        throw invalidInput(message, 'One of packingGroupId and shipmentId must be provided.');
      const target =
        packingGroupId === undefined
          ? shipmentsOf(plan).find(({ id }) => id === shipmentId)
          : groupOf(plan, packingGroupId);
      if (target === undefined) throw invalidInput(message, 'The packing group or shipment does not exist.');
      return { target, content: content as unknown as readonly BoxGiven[] };
    });
    return call.desks.inbound.begin(call.seller, 'setPackingInformation', () => {
      for (const { target, content } of given) {
        const wanted = unitsOf(target.items.map((item) => ({ ...item, times: 1 })));
        const packed = unitsOf(
          content.flatMap(({ quantity, items = [] }) => items.map((item) => ({ ...item, times: quantity }))),
        );
        if (
          content.every((box) => box.contentInformationSource === 'BOX_CONTENT_PROVIDED') &&
          wanted !== packed
        )
          return [
            {
              code: 'FBA_INB_0313',
              message: 'The contents of the boxes are not those of the packing group.',
              severity: 'ERROR',
            },
          ];
        target.boxes = content;
      }
      plan.updatedMs = call.now();
      return [];
    });
  },
);

function unitsOf(
  items: readonly { readonly msku: string; readonly quantity: number; readonly times: number }[],
): string {
  const units = new Map<string, number>();
  for (const { msku, quantity, times } of items) units.set(msku, (units.get(msku) ?? 0) + quantity * times);
  return JSON.stringify([...units].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const inboundPackingOperations = [
  generatePackingOptions,
  listPackingOptions,
  confirmPackingOption,
  listPackingGroupItems,
  listPackingGroupBoxes,
  setPackingInformation,
];
