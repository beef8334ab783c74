import type { ResponseOf } from '@fluxori/amazon-sp-models';
import {
  type AccountId,
  type InboundItem,
  type InboundShipment,
  type InboundStatus,
  sku,
} from '@fluxori/core';
import { utc } from '../mapping/instant.js';
import { withoutUndefined } from '../mapping/without-undefined.js';
import type { InboundPlanSummary } from './inbound-plan.js';

export type AmazonInboundShipment = ResponseOf<'fulfillmentInbound', '2024-03-20', 'getShipment'>;
export type AmazonInboundItem = ResponseOf<
  'fulfillmentInbound',
  '2024-03-20',
  'listShipmentItems'
>['items'][number];

/** Source: status of Shipment, fulfillment inbound 2024-03-20, checked November 2026. */
const statuses: Readonly<Record<string, InboundStatus>> = {
  UNCONFIRMED: 'planned',
  WORKING: 'planned',
  READY_TO_SHIP: 'ready',
  SHIPPED: 'in-transit',
  IN_TRANSIT: 'in-transit',
  DELIVERED: 'arrived',
  CHECKED_IN: 'arrived',
  RECEIVING: 'receiving',
  CLOSED: 'closed',
  CANCELLED: 'cancelled',
  DELETED: 'cancelled',
  ABANDONED: 'cancelled',
};

/** A shipment that stays as it is. */
export function isEnded({ status }: Pick<InboundShipment, 'status'>): boolean {
  return status === 'closed' || status === 'cancelled';
}

/** Amazon's shipment as the canonical one. Addresses and contacts are left out. */
export function toInboundShipment(
  from: AmazonInboundShipment,
  items: readonly InboundItem[],
  subject: {
    accountId: AccountId;
    plan: Pick<InboundPlanSummary, 'planId' | 'marketplaceIds'>;
    observedAt: Date;
  },
): InboundShipment {
  const { spdTrackingDetail: parcels, ltlTrackingDetail: freight } = from.trackingDetails ?? {};
  const window = from.selectedDeliveryWindow;
  const numbers = [
    ...(parcels?.spdTrackingItems ?? []).flatMap(({ trackingId }) => trackingId || []),
    ...(freight?.freightBillNumber ?? []),
  ];
  return withoutUndefined({
    accountId: subject.accountId,
    marketplaceIds: subject.plan.marketplaceIds,
    planId: subject.plan.planId,
    shipmentId: from.shipmentId,
    labelId: from.shipmentConfirmationId,
    name: from.name,
    status: statuses[from.status ?? ''] ?? 'unknown',
    platformStatus: from.status ?? '',
    warehouseId: from.destination.warehouseId,
    trackingNumbers: [...new Set(numbers)],
    deliverAfter: utc(window?.startDate),
    deliverBy: utc(window?.endDate),
    items,
    observedAt: subject.observedAt.toISOString(),
  });
}

export function toInboundItem(from: AmazonInboundItem): InboundItem {
  return withoutUndefined({
    sku: sku(from.msku),
    productId: from.asin || undefined,
    warehouseSku: from.fnsku || undefined,
    quantity: from.quantity,
    expiresOn: from.expiration?.slice(0, 10),
  });
}
