import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { invalidInput } from '../../http/refusal.js';
import type { Problem } from '../../inbound/inbound-desk.js';
import { type InboundPlan, type PlanItem, shipmentsOf } from '../../inbound/inbound-plan.js';
import { implement } from '../../operation/implementation.js';
import { findMarketplace } from '../../world/marketplaces.js';
import type { Seller } from '../../world/seller.js';
import { pageOf } from './inbound-page.js';
import { activePlan, message, planMeant } from './inbound-subject.js';
import { iso, renderBox, renderItem, renderSummary } from './render-inbound.js';

const owner = z.enum(['AMAZON', 'SELLER', 'NONE']);

export const addressBody = z.object({
  name: z.string().min(1).max(50),
  addressLine1: z.string().min(1).max(180),
  addressLine2: z.string().min(1).max(60).optional(),
  city: z.string().min(1).max(30),
  companyName: z.string().min(1).max(50).optional(),
  countryCode: z.string().regex(/^[A-Z]{2}$/),
  email: z.string().optional(),
  phoneNumber: z.string().min(1).max(20),
  postalCode: z.string().min(1).max(32),
  stateOrProvinceCode: z.string().max(64).optional(),
});

const planBody = z.object({
  destinationMarketplaces: z.array(z.string()).min(1).max(1),
  name: z.string().min(1).max(40).optional(),
  sourceAddress: addressBody,
  items: z
    .array(
      z.object({
        msku: z.string().min(1).max(255),
        quantity: z.int().min(1).max(500_000),
        labelOwner: owner,
        prepOwner: owner,
        expiration: z.string().optional(),
        manufacturingLotCode: z.string().optional(),
      }),
    )
    .min(1)
    .max(2000),
});

/** Goods that the seller does not let Amazon send cannot be sent in. */
function judge(seller: Seller, marketplaceId: string, items: readonly PlanItem[]): readonly Problem[] {
  return items.flatMap(({ msku }) => {
    const listing = seller.listing(marketplaceId, msku);
    if (listing?.fulfilledBy === 'AMAZON') return [];
    return [
      {
        code: 'FBA_INB_0004',
        message: 'The SKU is not eligible for this action.',
        details: `${msku} is not a listing that Amazon fulfils.`,
        severity: 'ERROR' as const,
      },
    ];
  });
}

const createInboundPlan = implement('fulfillmentInbound', '2024-03-20', 'createInboundPlan', (call) => {
  const body = readBody(planBody, call.params.body);
  const { desks, seller } = call;
  const marketplace = findMarketplace(body.destinationMarketplaces[0] as string);
  if (marketplace === undefined || !seller.marketplaces.includes(marketplace))
    throw invalidInput(message, 'destinationMarketplaces: not one of the seller.');
  const nowMs = call.now();
  const plan: InboundPlan = {
    id: desks.inbound.newId('wf'),
    sellerId: seller.sellerId,
    marketplaceId: marketplace.id,
    items: body.items as PlanItem[],
    source: body.sourceAddress as InboundPlan['source'],
    name: body.name ?? `FBA (${iso(nowMs)})`,
    ...{ createdMs: nowMs, updatedMs: nowMs, status: 'ACTIVE' },
    ...{ packing: [], placements: [], transportation: [] },
  };
  desks.inbound.addPlan(plan);
  const operation = desks.inbound.begin(seller, 'createInboundPlan', () => {
    const problems = judge(seller, marketplace.id, plan.items);
    if (problems.length > 0) plan.status = 'ERRORED';
    return problems;
  });
  return { inboundPlanId: plan.id, ...operation };
});

const listInboundPlans = implement('fulfillmentInbound', '2024-03-20', 'listInboundPlans', (call) => {
  const { status, sortBy = 'LAST_UPDATED_TIME', sortOrder = 'DESC' } = call.params;
  const time = (plan: InboundPlan) => (sortBy === 'CREATION_TIME' ? plan.createdMs : plan.updatedMs);
  const found = call.desks.inbound
    .plans(call.seller)
    .filter((plan) => status === undefined || plan.status === status)
    .sort((a, b) => (sortOrder === 'ASC' ? time(a) - time(b) : time(b) - time(a)));
  const { items, pagination } = pageOf(call, 'listInboundPlans', found);
  return { inboundPlans: items.map(renderSummary), ...(pagination && { pagination }) };
});

const getInboundPlan = implement('fulfillmentInbound', '2024-03-20', 'getInboundPlan', (call) => {
  const plan = planMeant(call);
  return {
    ...renderSummary(plan),
    packingOptions: plan.packing.map(({ id, status }) => ({ packingOptionId: id, status })),
    placementOptions: plan.placements.map(({ id, status }) => ({ placementOptionId: id, status })),
    shipments: shipmentsOf(plan).map(({ id, status }) => ({ shipmentId: id, status })),
  };
});

const cancelInboundPlan = implement('fulfillmentInbound', '2024-03-20', 'cancelInboundPlan', (call) => {
  const plan = activePlan(call);
  return call.desks.inbound.begin(call.seller, 'cancelInboundPlan', () => {
    plan.status = 'VOIDED';
    plan.updatedMs = call.now();
    for (const shipment of shipmentsOf(plan)) shipment.status = 'CANCELLED';
    return [];
  });
});

const updateInboundPlanName = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'updateInboundPlanName',
  (call) => {
    const { name } = readBody(z.object({ name: z.string().min(1).max(40) }), call.params.body);
    const plan = planMeant(call);
    plan.name = name;
    plan.updatedMs = call.now();
    return undefined;
  },
);

const listInboundPlanItems = implement('fulfillmentInbound', '2024-03-20', 'listInboundPlanItems', (call) => {
  const plan = planMeant(call);
  const { items, pagination } = pageOf(call, 'listInboundPlanItems', plan.items);
  return {
    items: items.map((item) => renderItem(call.seller, plan, item)),
    ...(pagination && { pagination }),
  };
});

const listInboundPlanBoxes = implement('fulfillmentInbound', '2024-03-20', 'listInboundPlanBoxes', (call) => {
  const plan = planMeant(call);
  const all = [
    ...plan.packing.flatMap(({ groups }) => groups).flatMap(({ boxes }) => boxes),
    ...shipmentsOf(plan).flatMap(({ boxes }) => boxes),
  ];
  const { items, pagination } = pageOf(call, 'listInboundPlanBoxes', all);
  return {
    boxes: items.map((box) => renderBox(call.seller, plan, box, all.indexOf(box))),
    ...(pagination && { pagination }),
  };
});

const listInboundPlanPallets = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'listInboundPlanPallets',
  (call) => {
    planMeant(call);
    return { pallets: [] };
  },
);

const getInboundOperationStatus = implement(
  'fulfillmentInbound',
  '2024-03-20',
  'getInboundOperationStatus',
  ({ desks, seller, params }) => {
    const { id, name, problems } = desks.inbound.operation(seller, params.operationId);
    const failed = problems?.some(({ severity }) => severity === 'ERROR');
    return {
      operation: name,
      operationId: id,
      operationStatus: problems === undefined ? 'IN_PROGRESS' : failed ? 'FAILED' : 'SUCCESS',
      operationProblems: [...(problems ?? [])],
    };
  },
);

export const inboundPlanOperations = [
  createInboundPlan,
  listInboundPlans,
  getInboundPlan,
  cancelInboundPlan,
  updateInboundPlanName,
  listInboundPlanItems,
  listInboundPlanBoxes,
  listInboundPlanPallets,
  getInboundOperationStatus,
];
