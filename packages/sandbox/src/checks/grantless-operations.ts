/**
 * Operations that an application calls in its own name, with the scope that the token must have.
 * Source: developer-docs.amazon.com/sp-api/docs/grantless-operations and notifications.json, checked November 2026.
 */
export const grantlessOperations: Readonly<Record<string, string>> = {
  'notifications.createDestination': 'sellingpartnerapi::notifications',
  'notifications.getDestination': 'sellingpartnerapi::notifications',
  'notifications.getDestinations': 'sellingpartnerapi::notifications',
  'notifications.deleteDestination': 'sellingpartnerapi::notifications',
  'notifications.getSubscriptionById': 'sellingpartnerapi::notifications',
  'notifications.deleteSubscriptionById': 'sellingpartnerapi::notifications',
  'notifications.sendTestNotification': 'sellingpartnerapi::notifications',
  'applicationManagement.rotateApplicationClientSecret': 'sellingpartnerapi::client_credential:rotation',
};
