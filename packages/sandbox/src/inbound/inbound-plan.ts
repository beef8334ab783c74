import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';

type Api<Name extends 'createInboundPlan' | 'setPackingInformation' | 'updateShipmentTrackingDetails'> =
  ParamsOf<'fulfillmentInbound', '2024-03-20', Name>;
export type PlanItem = Api<'createInboundPlan'>['body']['items'][number];
export type PlanAddress = Api<'createInboundPlan'>['body']['sourceAddress'];
export type BoxGiven = Api<'setPackingInformation'>['body']['packageGroupings'][number]['boxes'][number];
export type TransportationOption = ResponseOf<
  'fulfillmentInbound',
  '2024-03-20',
  'listTransportationOptions'
>['transportationOptions'][number];
export type WindowOption = ResponseOf<
  'fulfillmentInbound',
  '2024-03-20',
  'listDeliveryWindowOptions'
>['deliveryWindowOptions'][number];
type Tracking = ResponseOf<'fulfillmentInbound', '2024-03-20', 'getShipment'>['trackingDetails'];

export type OptionStatus = 'OFFERED' | 'ACCEPTED' | 'EXPIRED';

export interface PackingGroup {
  readonly id: string;
  readonly items: readonly PlanItem[];
  boxes: readonly BoxGiven[];
}

export interface PackingOption {
  readonly id: string;
  status: OptionStatus;
  readonly groups: readonly PackingGroup[];
}

/** A part of a plan that goes to one warehouse. */
export interface InboundShipment {
  readonly id: string;
  readonly placementOptionId: string;
  readonly warehouseId: string;
  readonly items: readonly PlanItem[];
  name: string;
  status: string;
  source: PlanAddress;
  boxes: readonly BoxGiven[];
  confirmationId?: string;
  transportationOptionId?: string;
  tracking?: Tracking;
  windows: readonly WindowOption[];
  window?: WindowOption;
}

export interface PlacementOption {
  readonly id: string;
  status: OptionStatus;
  /** Hundredths of the currency. */
  readonly feeCents: number;
  readonly shipments: readonly InboundShipment[];
}

/** A seller's plan to send goods to Amazon. */
export interface InboundPlan {
  readonly id: string;
  readonly sellerId: string;
  readonly marketplaceId: string;
  readonly items: readonly PlanItem[];
  readonly source: PlanAddress;
  readonly createdMs: number;
  updatedMs: number;
  name: string;
  status: 'ACTIVE' | 'VOIDED' | 'SHIPPED' | 'ERRORED';
  packing: readonly PackingOption[];
  placements: readonly PlacementOption[];
  transportation: readonly TransportationOption[];
}

/** The shipments that there really are: those of the accepted placement. */
export function shipmentsOf(plan: InboundPlan): readonly InboundShipment[] {
  return plan.placements.find(({ status }) => status === 'ACCEPTED')?.shipments ?? [];
}
