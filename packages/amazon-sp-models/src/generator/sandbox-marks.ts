/**
 * What Amazon's models mark about its sandbox (`x-amzn-api-sandbox: {dynamic}`, `x-amzn-api-sandbox-only`),
 * kept here as well because copies of the models without their sandbox examples lose the marks.
 * The generator joins both. Source: amzn/selling-partner-api-models, commit 34dc93f of 2026-08-05.
 */
export const dynamicSandbox: Readonly<Record<string, readonly string[]>> = {
  'fbaInventory v1': ['getInventorySummaries', 'createInventoryItem', 'deleteInventoryItem', 'addInventory'],
  'fulfillmentOutbound 2020-07-01': [
    'getFulfillmentPreview',
    'deliveryOffers',
    'listAllFulfillmentOrders',
    'createFulfillmentOrder',
    'getPackageTrackingDetails',
    'listReturnReasonCodes',
    'createFulfillmentReturn',
    'getFulfillmentOrder',
    'updateFulfillmentOrder',
    'cancelFulfillmentOrder',
    'submitFulfillmentOrderStatusUpdate',
    'getFeatures',
    'getFeatureInventory',
    'getFeatureSKU',
  ],
  'fulfillmentOutbound 2026-07-04': [
    'getOrderPreview',
    'getOffers',
    'cancelOrder',
    'updateOrderStatus',
    'updatePackage',
    'updateOrder',
    'getOrder',
    'listOrders',
    'createOrder',
  ],
  'notifications v1': ['sendTestNotification'],
  'shipping v1': ['getRates'],
  'shipping v2': [
    'getRates',
    'directPurchaseShipment',
    'purchaseShipment',
    'oneClickShipment',
    'getTracking',
    'getShipmentDocuments',
    'cancelShipment',
    'linkCarrierAccountPost',
    'getAccessPoints',
    'submitNdrFeedback',
    'createClaim',
  ],
  'vendorDirectFulfillmentOrders 2021-12-28': ['getOrders', 'getOrder', 'submitAcknowledgement'],
  'vendorDirectFulfillmentSandboxData 2021-10-28': ['generateOrderScenarios', 'getOrderScenarios'],
  'vendorDirectFulfillmentShipping 2021-12-28': [
    'getShippingLabels',
    'submitShippingLabelRequest',
    'getShippingLabel',
    'createShippingLabels',
    'submitShipmentConfirmations',
    'submitShipmentStatusUpdates',
    'getCustomerInvoices',
    'getCustomerInvoice',
    'getPackingSlips',
    'getPackingSlip',
    'createContainerLabel',
  ],
  'vendorDirectFulfillmentTransactions 2021-12-28': ['getTransactionStatus'],
};

/** Operations marked sandbox-only of which the operation's own description does not say so. */
export const sandboxOnly: Readonly<Record<string, readonly string[]>> = {
  'notifications v1': ['sendTestNotification'],
};
