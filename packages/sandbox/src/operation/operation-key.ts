import { defaultVersionOf, type OperationDescriptor } from '@fluxori/amazon-sp-models';

/**
 * How options, faults and counters name an operation: `orders.searchOrders`, and with the version where it is
 * not the API's newest, `orders@v0.getOrder`.
 */
export function operationKey(
  operation: Pick<OperationDescriptor, 'api' | 'version' | 'operationId'>,
): string {
  return operation.version === defaultVersionOf(operation.api)
    ? `${operation.api}.${operation.operationId}`
    : `${operation.api}@${operation.version}.${operation.operationId}`;
}
