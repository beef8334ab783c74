import { defaultVersionOf, type OperationDescriptor } from '@fluxori/amazon-sp-models';

type Named = Pick<OperationDescriptor, 'api' | 'version' | 'operationId'>;

/** How an operation is called in errors, logs and labels: `orders.searchOrders`, and `orders@v0.confirmShipment` when it is not of the API's default version. */
export function operationName({ api, version, operationId }: Named): string {
  return version === defaultVersionOf(api) ? `${api}.${operationId}` : `${api}@${version}.${operationId}`;
}

/** A name that never changes, whatever the default version is: for keys in shared stores. */
export function operationKey({ api, version, operationId }: Named): string {
  return `${api}@${version}.${operationId}`;
}
