import type { OperationDescriptor } from '@fluxori/amazon-sp-models';

/** What an application may do in its own name, without any seller. */
export type GrantlessScope =
  | 'sellingpartnerapi::notifications'
  | 'sellingpartnerapi::client_credential:rotation';

const notifications = 'sellingpartnerapi::notifications';

/**
 * Grantless operations and the scope that their token needs.
 * Sources: developer-docs.amazon.com/sp-api/docs/grantless-operations; the notifications model. Checked November 2026.
 */
export const grantlessOperations: Readonly<Record<string, GrantlessScope>> = {
  'notifications@v1.createDestination': notifications,
  'notifications@v1.getDestination': notifications,
  'notifications@v1.getDestinations': notifications,
  'notifications@v1.deleteDestination': notifications,
  'notifications@v1.getSubscriptionById': notifications,
  'notifications@v1.deleteSubscriptionById': notifications,
  'notifications@v1.sendTestNotification': notifications,
  'applicationManagement@2023-11-30.rotateApplicationClientSecret':
    'sellingpartnerapi::client_credential:rotation',
};

/** The scope of a grantless operation; undefined when the operation needs a seller's token. */
export function grantlessScope(
  operation: Pick<OperationDescriptor, 'api' | 'version' | 'operationId'>,
): GrantlessScope | undefined {
  return grantlessOperations[`${operation.api}@${operation.version}.${operation.operationId}`];
}
