import { invalidInput, notFound } from '../../http/refusal.js';
import type { InboundPlan, InboundShipment, PackingGroup } from '../../inbound/inbound-plan.js';
import { shipmentsOf } from '../../inbound/inbound-plan.js';
import type { OperationCall } from '../../operation/implementation.js';

type Here = Pick<OperationCall<{ readonly inboundPlanId: string }>, 'desks' | 'seller' | 'params'>;

const missing = 'The requested resource does not exist.';
export const message = 'Request has missing or invalid parameters and cannot be parsed.';

export function planMeant({ desks, seller, params }: Here): InboundPlan {
  return desks.inbound.plan(seller, params.inboundPlanId);
}

/** A plan that can still be changed. @throws Refusal (400) */
export function activePlan(call: Here): InboundPlan {
  const plan = planMeant(call);
  if (plan.status !== 'ACTIVE') throw invalidInput(message, `The inbound plan is ${plan.status}.`);
  return plan;
}

export function shipmentMeant(
  call: Pick<
    OperationCall<{ readonly inboundPlanId: string; readonly shipmentId: string }>,
    'desks' | 'seller' | 'params'
  >,
): { plan: InboundPlan; shipment: InboundShipment } {
  const plan = planMeant(call);
  const shipment = shipmentsOf(plan).find(({ id }) => id === call.params.shipmentId);
  if (shipment === undefined) throw notFound(missing, `There is no shipment ${call.params.shipmentId}.`);
  return { plan, shipment };
}

export function groupMeant(
  call: Pick<
    OperationCall<{ readonly inboundPlanId: string; readonly packingGroupId: string }>,
    'desks' | 'seller' | 'params'
  >,
): { plan: InboundPlan; group: PackingGroup } {
  const plan = planMeant(call);
  const group = groupOf(plan, call.params.packingGroupId);
  if (group === undefined)
    throw notFound(missing, `There is no packing group ${call.params.packingGroupId}.`);
  return { plan, group };
}

export function groupOf(plan: InboundPlan, id: string): PackingGroup | undefined {
  return plan.packing.flatMap(({ groups }) => groups).find((group) => group.id === id);
}
