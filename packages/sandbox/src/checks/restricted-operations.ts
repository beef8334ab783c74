/**
 * Operations that give personal data and therefore want a restricted data token.
 * `token`: nothing without one. `elements`: without one the answer comes, but without the personal data; with one it
 * has the data elements that the token names.
 * Source: developer-docs.amazon.com/sp-api/docs/tokens-api-use-case-guide, checked November 2026.
 */
export const restrictedOperations: Readonly<Record<string, 'token' | 'elements'>> = {
  'orders@v0.getOrders': 'elements',
  'orders@v0.getOrder': 'elements',
  'orders@v0.getOrderItems': 'elements',
  'orders@v0.getOrderAddress': 'token',
  'orders@v0.getOrderBuyerInfo': 'token',
  'orders@v0.getOrderItemsBuyerInfo': 'token',
  'orders@v0.getOrderRegulatedInfo': 'token',
  'merchantFulfillment.getShipment': 'token',
  'merchantFulfillment.cancelShipment': 'token',
  'merchantFulfillment.createShipment': 'token',
  'easyShip.createScheduledPackageBulk': 'token',
  'shipmentInvoicing.getShipmentDetails': 'token',
  'shipping@v1.getShipment': 'token',
  'vendorDirectFulfillmentOrders.getOrders': 'token',
  'vendorDirectFulfillmentOrders.getOrder': 'token',
  'vendorDirectFulfillmentOrders@v1.getOrders': 'token',
  'vendorDirectFulfillmentOrders@v1.getOrder': 'token',
  'vendorDirectFulfillmentShipping.getShippingLabels': 'token',
  'vendorDirectFulfillmentShipping.getShippingLabel': 'token',
  'vendorDirectFulfillmentShipping.createShippingLabels': 'token',
  'vendorDirectFulfillmentShipping.getPackingSlips': 'token',
  'vendorDirectFulfillmentShipping.getPackingSlip': 'token',
  'vendorDirectFulfillmentShipping.getCustomerInvoices': 'token',
  'vendorDirectFulfillmentShipping.getCustomerInvoice': 'token',
  'vendorDirectFulfillmentShipping@v1.getShippingLabels': 'token',
  'vendorDirectFulfillmentShipping@v1.getShippingLabel': 'token',
  'vendorDirectFulfillmentShipping@v1.getPackingSlips': 'token',
  'vendorDirectFulfillmentShipping@v1.getPackingSlip': 'token',
  'vendorDirectFulfillmentShipping@v1.getCustomerInvoices': 'token',
  'vendorDirectFulfillmentShipping@v1.getCustomerInvoice': 'token',
};

/** The data elements that may be named for an operation; no other operation takes any. */
export const dataElementsOf: Readonly<Record<string, readonly string[]>> = {
  'orders@v0.getOrders': ['buyerInfo', 'shippingAddress', 'buyerTaxInformation'],
  'orders@v0.getOrder': ['buyerInfo', 'shippingAddress', 'buyerTaxInformation'],
  'orders@v0.getOrderItems': ['buyerInfo'],
};
