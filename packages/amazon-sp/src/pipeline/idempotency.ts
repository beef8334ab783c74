import type { OperationDescriptor } from '@fluxori/amazon-sp-models';

/**
 * Operations that read, price or check although they are sent by POST, or set a state although by PATCH: sending them twice does what sending
 * them once does. Judged from Amazon's models, November 2026.
 */
const repeatable: ReadonlySet<string> = new Set([
  'aplusContent.validateContentDocumentAsinRelations',
  'awd.checkInboundEligibility',
  'easyShip.listHandoverSlots',
  'externalFulfillmentInventory.batchInventory',
  'fulfillmentOutbound.deliveryOffers',
  'fulfillmentOutbound.getFulfillmentPreview',
  'fulfillmentOutbound.getOffers',
  'fulfillmentOutbound.getOrderPreview',
  'listingsItems.patchListingsItem',
  'merchantFulfillment.getAdditionalSellerInputs',
  'merchantFulfillment.getEligibleShipmentServices',
  'productFees.getMyFeesEstimateForASIN',
  'productFees.getMyFeesEstimateForSKU',
  'productFees.getMyFeesEstimates',
  'productPricing.getCompetitiveSummary',
  'productPricing.getFeaturedOfferExpectedPriceBatch',
  'productPricing.getItemOffersBatch',
  'productPricing.getListingOffersBatch',
  'replenishment.getSellingPartnerMetrics',
  'replenishment.listOfferMetrics',
  'replenishment.listOffers',
  'services.getFixedSlotCapacity',
  'services.getRangeSlotCapacity',
  'shipping.getRates',
  'shipping.retrieveShippingLabel',
  'tokens.createRestrictedDataToken',
  // A destination that nobody uses is nothing.
  'uploads.createUploadDestinationForResource',
]);

/** Headers by which Amazon recognises a repeated request. */
const idempotencyHeaders: ReadonlySet<string> = new Set([
  'x-amzn-idempotency-token',
  'x-amzn-idempotencykey',
]);

/**
 * Whether the call may be sent again when its answer was lost.
 * @param params - of this call: an idempotency key among them makes it repeatable.
 */
export function isIdempotent(
  operation: OperationDescriptor,
  params: Readonly<Record<string, unknown>> = {},
): boolean {
  if (operation.method === 'GET' || operation.method === 'PUT' || operation.method === 'DELETE') return true;
  if (repeatable.has(`${operation.api}.${operation.operationId}`)) return true;
  return operation.parameters.some(
    ({ name, in: place }) =>
      place === 'header' && params[name] !== undefined && idempotencyHeaders.has(name.toLowerCase()),
  );
}

/** For the test that every row names an operation. */
export const repeatableOperations: readonly string[] = [...repeatable];
