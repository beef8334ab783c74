/** Values that exist in the sandbox's world, by parameter name. */
export interface SampleWorld {
  readonly marketplaceId: string;
  readonly sellerId: string;
  readonly orderId: string;
  readonly sku: string;
  readonly asin: string;
  readonly orderItemId: string;
  readonly quantity: number;
  readonly fbaSku: string;
  /** Of what was made by `sampleWork`. */
  readonly ids?: SampleIds;
}

/** By the parameter that takes it, e.g. `reportId`. */
export type SampleIds = Readonly<Record<string, string>>;

type Special = (world: SampleWorld) => Record<string, unknown>;

const v0Order: Special = ({ orderId }) => ({ orderId });

const listing: Special = ({ sellerId, sku, marketplaceId }) => ({
  sellerId,
  sku,
  marketplaceIds: [marketplaceId],
});

const offersOf = ({ marketplaceId }: SampleWorld, uri: string) => ({
  uri,
  method: 'GET',
  MarketplaceId: marketplaceId,
  ItemCondition: 'New',
});

const fees = ({ marketplaceId }: SampleWorld) => ({
  MarketplaceId: marketplaceId,
  IsAmazonFulfilled: true,
  Identifier: 'one',
  PriceToEstimateFees: { ListingPrice: { CurrencyCode: 'ZAR', Amount: 100 } },
});

/** Operations for which the sandbox keeps state: what is asked must exist, and parameters may exclude each other. */
export const specialParams: Readonly<Record<string, Special>> = {
  'orders@2026-01-01.searchOrders': ({ marketplaceId }) => ({
    lastUpdatedAfter: '2020-01-01T00:00:00Z',
    lastUpdatedBefore: '2026-01-01T00:00:00Z',
    marketplaceIds: [marketplaceId],
    maxResultsPerPage: 5,
    fulfillmentStatuses: ['SHIPPED', 'UNSHIPPED'],
    includedData: ['FULFILLMENT'],
  }),
  'orders@2026-01-01.getOrder': ({ orderId }) => ({ orderId, includedData: ['BUYER', 'PACKAGES'] }),
  'orders@v0.getOrders': ({ marketplaceId }) => ({
    MarketplaceIds: [marketplaceId],
    CreatedAfter: '2020-01-01T00:00:00Z',
  }),
  'orders@v0.getOrder': v0Order,
  'orders@v0.getOrderBuyerInfo': v0Order,
  'orders@v0.getOrderAddress': v0Order,
  'orders@v0.getOrderItems': v0Order,
  'orders@v0.getOrderItemsBuyerInfo': v0Order,
  'orders@v0.getOrderRegulatedInfo': v0Order,
  'orders@v0.updateShipmentStatus': ({ orderId, marketplaceId }) => ({
    orderId,
    body: { marketplaceId, shipmentStatus: 'ReadyForPickup' },
  }),
  'orders@v0.updateVerificationStatus': ({ orderId }) => ({
    orderId,
    body: { regulatedOrderVerificationStatus: { status: 'Approved', externalReviewerId: 'reviewer-1' } },
  }),
  'orders@v0.confirmShipment': ({ orderId, orderItemId, quantity, marketplaceId }) => ({
    orderId,
    body: {
      marketplaceId,
      packageDetail: {
        packageReferenceId: '1',
        carrierCode: 'Other',
        carrierName: 'Bob Go',
        trackingNumber: 'BG1',
        shipDate: new Date(Date.now() - 1_000).toISOString(),
        orderItems: [{ orderItemId, quantity }],
      },
    },
  }),
  'fbaInventory@v1.getInventorySummaries': ({ marketplaceId }) => ({
    granularityType: 'Marketplace',
    granularityId: marketplaceId,
    marketplaceIds: [marketplaceId],
    details: true,
    sellerSkus: ['a', 'b'],
  }),
  'fbaInventory@v1.createInventoryItem': ({ marketplaceId }) => ({
    body: { sellerSku: 'a-new-sku', marketplaceId, productName: 'A name' },
  }),
  'fbaInventory@v1.deleteInventoryItem': ({ marketplaceId }) => ({ sellerSku: 'a-new-sku', marketplaceId }),
  'fbaInventory@v1.addInventory': ({ fbaSku, marketplaceId }) => ({
    'x-amzn-idempotency-token': 'token-1',
    body: { inventoryItems: [{ sellerSku: fbaSku, marketplaceId, quantity: 3 }] },
  }),
  'catalogItems@2022-04-01.getCatalogItem': ({ asin, marketplaceId }) => ({
    asin,
    marketplaceIds: [marketplaceId],
  }),
  'catalogItems@2022-04-01.searchCatalogItems': ({ asin, marketplaceId }) => ({
    identifiers: [asin],
    identifiersType: 'ASIN',
    marketplaceIds: [marketplaceId],
    pageSize: 20,
  }),
  'listingsItems@2021-08-01.searchListingsItems': ({ sellerId, sku, marketplaceId }) => ({
    sellerId,
    marketplaceIds: [marketplaceId],
    identifiers: [sku],
    identifiersType: 'SKU',
    pageSize: 20,
  }),
  'listingsItems@2021-08-01.getListingsItem': listing,
  'listingsItems@2021-08-01.patchListingsItem': (world) => ({
    ...listing(world),
    body: {
      productType: 'PRODUCT',
      patches: [
        { op: 'merge', path: '/attributes/item_name', value: [{ value: 'A name', language_tag: 'en_ZA' }] },
      ],
    },
  }),
  'listingsItems@2021-08-01.putListingsItem': (world) => ({
    ...listing(world),
    body: { productType: 'PRODUCT', requirements: 'LISTING', attributes: {} },
  }),
  'listingsItems@2021-08-01.deleteListingsItem': (world) => ({ ...listing(world), sku: 'not-there' }),
  'productPricing@v0.getPricing': ({ asin, marketplaceId }) => ({
    MarketplaceId: marketplaceId,
    ItemType: 'Asin',
    Asins: [asin],
  }),
  'productPricing@v0.getCompetitivePricing': ({ asin, marketplaceId }) => ({
    MarketplaceId: marketplaceId,
    ItemType: 'Asin',
    Asins: [asin],
  }),
  'productPricing@v0.getListingOffers': ({ sku, marketplaceId }) => ({
    SellerSKU: sku,
    MarketplaceId: marketplaceId,
    ItemCondition: 'New',
  }),
  'productPricing@v0.getItemOffers': ({ asin, marketplaceId }) => ({
    Asin: asin,
    MarketplaceId: marketplaceId,
    ItemCondition: 'New',
  }),
  'productPricing@v0.getItemOffersBatch': (world) => ({
    body: { requests: [offersOf(world, `/products/pricing/v0/items/${world.asin}/offers`)] },
  }),
  'productPricing@v0.getListingOffersBatch': (world) => ({
    body: { requests: [offersOf(world, `/products/pricing/v0/listings/${world.sku}/offers`)] },
  }),
  'productPricing@2022-05-01.getCompetitiveSummary': ({ asin, marketplaceId }) => ({
    body: {
      requests: [
        {
          asin,
          marketplaceId,
          includedData: ['featuredBuyingOptions'],
          method: 'GET',
          uri: '/products/pricing/2022-05-01/items/competitiveSummary',
        },
      ],
    },
  }),
  'productPricing@2022-05-01.getFeaturedOfferExpectedPriceBatch': ({ sku, marketplaceId }) => ({
    body: {
      requests: [
        {
          marketplaceId,
          sku,
          method: 'GET',
          uri: '/products/pricing/2022-05-01/offer/featuredOfferExpectedPrice',
        },
      ],
    },
  }),
  'productFees@v0.getMyFeesEstimateForSKU': (world) => ({
    SellerSKU: world.sku,
    body: { FeesEstimateRequest: fees(world) },
  }),
  'productFees@v0.getMyFeesEstimateForASIN': (world) => ({
    Asin: world.asin,
    body: { FeesEstimateRequest: fees(world) },
  }),
  'productFees@v0.getMyFeesEstimates': (world) => ({
    body: [{ FeesEstimateRequest: fees(world), IdType: 'ASIN', IdValue: world.asin }],
  }),
  'reports@2021-06-30.createReport': ({ marketplaceId }) => ({
    body: {
      reportType: 'GET_SALES_AND_TRAFFIC_REPORT',
      marketplaceIds: [marketplaceId],
      dataStartTime: '2026-11-01T00:00:00Z',
      dataEndTime: '2026-11-02T00:00:00Z',
      reportOptions: { dateGranularity: 'DAY' },
    },
  }),
  'reports@2021-06-30.createReportSchedule': ({ marketplaceId }) => ({
    body: {
      reportType: 'GET_FLAT_FILE_OPEN_LISTINGS_DATA',
      marketplaceIds: [marketplaceId],
      period: 'PT4H',
      nextReportCreationTime: '2030-01-01T00:00:00Z',
    },
  }),
  'reports@2021-06-30.cancelReportSchedule': ({ ids }) => ({
    reportScheduleId: ids?.spareScheduleId ?? 'a schedule',
  }),
  'feeds@2021-06-30.createFeed': ({ marketplaceId, ids }) => ({
    body: {
      feedType: 'JSON_LISTINGS_FEED',
      marketplaceIds: [marketplaceId],
      inputFeedDocumentId: ids?.inputFeedDocumentId ?? 'a document',
    },
  }),
  'dataKiosk@2023-11-15.createQuery': ({ marketplaceId }) => ({
    body: { query: sampleQuery(marketplaceId, 'parentAsin') },
  }),
  'dataKiosk@2023-11-15.getQueries': () => ({
    processingStatuses: ['DONE', 'IN_QUEUE'],
    pageSize: 5,
    createdSince: '2026-01-31T08:00:00Z',
    createdUntil: '2030-01-31T08:00:00Z',
  }),
  'notifications@v1.createSubscription': ({ ids }) => ({
    notificationType: 'LISTINGS_ITEM_ISSUES_CHANGE',
    body: { payloadVersion: '1.0', destinationId: ids?.destinationId ?? 'a destination' },
  }),
  'notifications@v1.createDestination': () => ({
    body: {
      name: 'another bus',
      resourceSpecification: { eventBridge: { region: 'eu-west-1', accountId: '210987654321' } },
    },
  }),
  'notifications@v1.deleteDestination': ({ ids }) => ({
    destinationId: ids?.spareDestinationId ?? 'a destination',
  }),
  'notifications@v1.getSubscription': () => ({
    notificationType: 'LISTINGS_ITEM_STATUS_CHANGE',
    payloadVersion: '1.0',
  }),
  'notifications@v1.getSubscriptions': () => ({
    notificationTypes: ['LISTINGS_ITEM_STATUS_CHANGE'],
    payloadVersion: '1.0',
    pageSize: 30,
  }),
  'sales@v1.getOrderMetrics': ({ marketplaceId, asin }) => ({
    marketplaceIds: [marketplaceId],
    interval: '2026-11-01T00:00:00+02:00--2026-11-03T00:00:00+02:00',
    granularity: 'Day',
    granularityTimeZone: 'Africa/Johannesburg',
    buyerType: 'All',
    fulfillmentNetwork: 'AFN',
    firstDayOfWeek: 'Monday',
    asin,
    amazonProgram: 'AmazonHaul',
  }),
  'uploads@2020-11-01.createUploadDestinationForResource': ({ marketplaceId }) => ({
    marketplaceIds: [marketplaceId],
    contentMD5: 'XrY7u+Ae7tCTyyK7j1rNww==',
    resource: 'messaging/v1/orders/{an order}/messages/ä b',
    contentType: 'application/pdf',
  }),
  'tokens@2021-03-01.createRestrictedDataToken': () => ({
    body: { restrictedResources: [{ method: 'GET', path: '/orders/v0/orders/{orderId}/address' }] },
  }),
};

/** A query of Data Kiosk that it can answer. */
export function sampleQuery(marketplaceId: string, field = 'childAsin'): string {
  const span = 'startDate: "2026-11-01", endDate: "2026-11-02"';
  return `query { analytics_salesAndTraffic_2024_04_24 { salesAndTrafficByAsin(${span}, marketplaceIds: ["${marketplaceId}"], aggregateBy: CHILD) { ${field} } } }`;
}
