import type { OperationDescriptor } from '@fluxori/amazon-sp-models';

/** Kinds of personal data that some restricted operations give piece by piece. */
export type DataElement = 'buyerInfo' | 'shippingAddress' | 'buyerTaxInformation';

/** An operation that gives personal data, and so wants a Restricted Data Token (RDT) instead of the seller's token. */
export interface RestrictedOperation {
  readonly api: string;
  readonly version: string;
  readonly operationId: string;
  /** What is asked for unless the caller says otherwise. Only for operations that take data elements. */
  readonly dataElements?: readonly DataElement[];
  /** `asked`: restricted for some documents only, which the caller knows, so it must say `rdt: true`. */
  readonly when?: 'asked';
  /** The token is for the exact path; without it, one token covers the path with its placeholders, for all orders. */
  readonly exactPath?: true;
}

function rows(
  api: string,
  version: string,
  operationIds: readonly string[],
  rest: Omit<RestrictedOperation, 'api' | 'version' | 'operationId'> = {},
): readonly RestrictedOperation[] {
  return operationIds.map((operationId) => ({ api, version, operationId, ...rest }));
}

/**
 * Restricted operations. Orders 2026-01-01 has none: there the application's roles decide.
 * Sources: developer-docs.amazon.com/sp-api/docs/tokens-api-use-case-guide; jlevers/selling-partner-api, resources/metadata/restricted.json.
 * Checked November 2026.
 */
export const restrictedOperations: readonly RestrictedOperation[] = [
  ...rows('orders', 'v0', ['getOrders', 'getOrder'], { dataElements: ['buyerInfo', 'shippingAddress'] }),
  ...rows('orders', 'v0', ['getOrderItems'], { dataElements: ['buyerInfo'] }),
  ...rows('orders', 'v0', [
    'getOrderAddress',
    'getOrderBuyerInfo',
    'getOrderItemsBuyerInfo',
    'getOrderRegulatedInfo',
  ]),
  ...rows('merchantFulfillment', 'v0', ['getShipment', 'cancelShipment', 'createShipment']),
  ...rows('easyShip', '2022-03-23', ['createScheduledPackageBulk']),
  ...rows('shipmentInvoicing', 'v0', ['getShipmentDetails']),
  ...rows('shipping', 'v1', ['getShipment']),
  ...rows('reports', '2021-06-30', ['getReportDocument'], { when: 'asked', exactPath: true }),
  ...rows('vendorDirectFulfillmentOrders', 'v1', ['getOrders', 'getOrder']),
  ...rows('vendorDirectFulfillmentOrders', '2021-12-28', ['getOrders', 'getOrder']),
  ...rows('vendorDirectFulfillmentShipping', 'v1', [
    'getShippingLabels',
    'getShippingLabel',
    'getPackingSlips',
    'getPackingSlip',
    'getCustomerInvoices',
    'getCustomerInvoice',
  ]),
  ...rows('vendorDirectFulfillmentShipping', '2021-12-28', [
    'getShippingLabels',
    'getShippingLabel',
    'createShippingLabels',
    'getPackingSlips',
    'getPackingSlip',
    'getCustomerInvoices',
    'getCustomerInvoice',
  ]),
];

/** The row of a restricted operation; undefined when a seller's token is enough. */
export function restrictedOperation(
  operation: Pick<OperationDescriptor, 'api' | 'version' | 'operationId'>,
): RestrictedOperation | undefined {
  return restrictedOperations.find(
    ({ api, version, operationId }) =>
      api === operation.api && version === operation.version && operationId === operation.operationId,
  );
}
