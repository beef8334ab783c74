import type { AccountId, AuditNote } from '@fluxori/core';
import type { SpCallOptions } from './call-options.js';
import type { Params } from './parameter-problems.js';

/** Parameters that name whose data is fetched; ids, and no personal data themselves. */
const subjectNames = [
  'orderId',
  'sellerFulfillmentOrderId',
  'shipmentId',
  'reportDocumentId',
  'documentId',
  'orderItemId',
] as const;

/** What the audit trail is told of a call that fetches personal data. */
export function fetchNote(
  operation: string,
  accountId: AccountId,
  what: readonly string[],
  params: Params,
  { waiter, correlationId }: SpCallOptions,
): AuditNote {
  const named = [...subjectNames.map((name) => params[name]), orderOfLabel(params.body)];
  const subjects = named.filter((id) => typeof id === 'string');
  const onBehalfOf = waiter ?? correlationId;
  return {
    ...{ action: 'fetched', accountId, operation, what },
    ...(subjects.length > 0 && { subjects }),
    ...(onBehalfOf !== undefined && { onBehalfOf }),
  };
}

/** A label is bought for an order that stands in the body. */
function orderOfLabel(body: unknown): unknown {
  const { ShipmentRequestDetails: details } = (body ?? {}) as {
    ShipmentRequestDetails?: { AmazonOrderId?: unknown };
  };
  return details?.AmazonOrderId;
}
