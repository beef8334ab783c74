import { notificationOperations } from '../notifications/operations.js';
import type { Implementation } from '../operation/implementation.js';
import { getCatalogItem, searchCatalogItems } from './catalog/catalog-items.js';
import { cancelQuery, createQuery, getDocument, getQueries, getQuery } from './data-kiosk/data-kiosk.js';
import { createFeedDocument, getFeedDocument } from './feeds/feed-documents.js';
import { cancelFeed, createFeed, getFeed, getFeeds } from './feeds/feeds.js';
import {
  getMyFeesEstimateForASIN,
  getMyFeesEstimateForSKU,
  getMyFeesEstimates,
} from './fees/fees-estimate.js';
import { inboundOperations } from './inbound/inbound-operations.js';
import { getInventorySummaries } from './inventory/get-inventory-summaries.js';
import { addInventory, createInventoryItem, deleteInventoryItem } from './inventory/sandbox-inventory.js';
import { getListingsItem, searchListingsItems } from './listings/read-listings.js';
import { deleteListingsItem, patchListingsItem, putListingsItem } from './listings/write-listings.js';
import { merchantFulfillmentOperations } from './merchant-fulfillment/merchant-fulfillment.js';
import { messagingOperations } from './messaging/messaging.js';
import { getOrder } from './orders/get-order.js';
import { searchOrders } from './orders/search-orders.js';
import { getOrders } from './orders-v0/get-orders.js';
import {
  getOrderAddress,
  getOrderBuyerInfo,
  getOrderItems,
  getOrderItemsBuyerInfo,
  getOrderV0,
} from './orders-v0/read-orders.js';
import { getOrderRegulatedInfo, updateVerificationStatus } from './orders-v0/regulated-info.js';
import { confirmShipment, updateShipmentStatus } from './orders-v0/shipment.js';
import { outboundCareOperations } from './outbound/outbound-care.js';
import { outboundOrderOperations } from './outbound/outbound-orders.js';
import { getCompetitiveSummary } from './pricing/competitive-summary.js';
import { getFeaturedOfferExpectedPriceBatch } from './pricing/featured-offer-expected-price.js';
import {
  getItemOffers,
  getItemOffersBatch,
  getListingOffers,
  getListingOffersBatch,
} from './pricing/offers.js';
import { getCompetitivePricing, getPricing } from './pricing/prices.js';
import {
  getDefinitionsProductType,
  searchDefinitionsProductTypes,
} from './product-types/product-type-definitions.js';
import {
  cancelReportSchedule,
  createReportSchedule,
  getReportSchedule,
  getReportSchedules,
} from './reports/report-schedules.js';
import { cancelReport, createReport, getReport, getReportDocument, getReports } from './reports/reports.js';
import { getListingsRestrictions } from './restrictions/listings-restrictions.js';
import { getOrderMetrics } from './sales/order-metrics.js';
import { getAccount, getMarketplaceParticipations } from './sellers/participations.js';
import {
  getInvoiceStatus,
  getShipmentDetails,
  submitInvoice,
} from './shipment-invoicing/shipment-invoicing.js';
import { solicitationsOperations } from './solicitations/solicitations.js';
import { createRestrictedDataToken } from './tokens/create-restricted-data-token.js';
import { createUploadDestinationForResource } from './uploads/create-upload-destination.js';

/** Everything that the sandbox really does; the rest of the table is checked and answered with its success code. */
export const implementations: readonly Implementation[] = [
  getMarketplaceParticipations,
  getAccount,
  searchOrders,
  getOrder,
  confirmShipment,
  updateShipmentStatus,
  getOrderRegulatedInfo,
  updateVerificationStatus,
  getOrders,
  getOrderV0,
  getOrderItems,
  getOrderAddress,
  getOrderBuyerInfo,
  getOrderItemsBuyerInfo,
  getInventorySummaries,
  createInventoryItem,
  addInventory,
  deleteInventoryItem,
  searchCatalogItems,
  getCatalogItem,
  getListingsItem,
  searchListingsItems,
  putListingsItem,
  patchListingsItem,
  deleteListingsItem,
  getPricing,
  getCompetitivePricing,
  getItemOffers,
  getListingOffers,
  getItemOffersBatch,
  getListingOffersBatch,
  getCompetitiveSummary,
  getFeaturedOfferExpectedPriceBatch,
  getMyFeesEstimateForSKU,
  getMyFeesEstimateForASIN,
  getMyFeesEstimates,
  createRestrictedDataToken,
  createReport,
  getReport,
  getReports,
  cancelReport,
  getReportDocument,
  createReportSchedule,
  getReportSchedule,
  getReportSchedules,
  cancelReportSchedule,
  createFeedDocument,
  getFeedDocument,
  createFeed,
  getFeed,
  getFeeds,
  cancelFeed,
  createQuery,
  getQuery,
  getQueries,
  cancelQuery,
  getDocument,
  createUploadDestinationForResource,
  searchDefinitionsProductTypes,
  getDefinitionsProductType,
  getListingsRestrictions,
  getOrderMetrics,
  getShipmentDetails,
  submitInvoice,
  getInvoiceStatus,
  ...inboundOperations,
  ...merchantFulfillmentOperations,
  ...messagingOperations,
  ...outboundOrderOperations,
  ...outboundCareOperations,
  ...solicitationsOperations,
  ...notificationOperations,
];
