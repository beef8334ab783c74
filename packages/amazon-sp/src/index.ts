export type { TokenState } from './auth/authorizer.js';
export { type GrantlessScope, grantlessOperations, grantlessScope } from './auth/grantless-operations.js';
export {
  type DataElement,
  type RestrictedOperation,
  restrictedOperation,
  restrictedOperations,
} from './auth/restricted-operations.js';
export type { IssuedState, StateProblem } from './authorisation/authorisation-states.js';
export {
  type AuthorizeUrlParts,
  authorizeUrl,
  checkedRedirectUri,
  isLoopback,
} from './authorisation/authorize-url.js';
export type { Callback } from './authorisation/callback-parameters.js';
export { authorisationEnd, clientSecretEnd, lifetimes } from './authorisation/lifetimes.js';
export {
  type AuthorisedSeller,
  type BeginRequest,
  type BegunAuthorisation,
  SellerAuthorisation,
  type SellerAuthorisationOptions,
  type SellingPartnerApplication,
} from './authorisation/seller-authorisation.js';
export { sellerCentralHosts, sellerCentralUrl } from './authorisation/seller-central.js';
export { BusinessClient, type BusinessQuery } from './business/business-client.js';
export { type BusinessOutcome, type OwnBusinessPrice, unitPrice } from './business/business-mapping.js';
export {
  CatalogClient,
  type CatalogQuery,
  type IdentifierType,
  identifierTypes,
} from './catalog/catalog-client.js';
export type { ChangeQueues, CoalescingOptions } from './changes/change-means.js';
export { type AmazonSpConfig, type AmazonSpConfigInput, amazonSpConfigSchema } from './config.js';
export { AmazonSPConnector, type AmazonSpParts, amazonSp } from './connector.js';
export {
  DataKioskClient,
  type QueryList,
  type QueryOptions,
  type QueryRun,
  type QueryView,
  type QueryWishes,
} from './data-kiosk/data-kiosk-client.js';
export { type Economics, type EconomicsQuery, economics } from './data-kiosk/datasets/economics.js';
export {
  type SalesAndTrafficByAsin,
  type SalesAndTrafficByDate,
  type SalesAndTrafficSpan,
  salesAndTrafficByAsin,
  salesAndTrafficByDate,
} from './data-kiosk/datasets/sales-and-traffic.js';
export type { TypedQuery } from './data-kiosk/datasets/shape.js';
export type { QueryRowsOptions } from './data-kiosk/query-answer.js';
export type { KeptAnswer, QueryOutput, QueryPage } from './data-kiosk/query-state.js';
export { DocumentManager } from './documents/document-manager.js';
export type { DocumentMetadata, IAmazonDocumentMetadata, KeptCopy } from './documents/document-metadata.js';
export type {
  ByteProgress,
  DocumentContentOptions,
  DocumentParts,
  DocumentQuery,
  DocumentRetention,
  OpenDocumentOptions,
  SweepResult,
  UploadDocumentOptions,
} from './documents/document-options.js';
export type { DocumentKind, DocumentRef } from './documents/document-ref.js';
export type { DocumentFacts, OpenDocument } from './documents/open-document.js';
export { isExpiredAccessToken, toSpApiError } from './errors.js';
export type { MessageFault } from './feeds/check-message.js';
export type { KeptFeed } from './feeds/feed-contents.js';
export type { ReportedIssue } from './feeds/feed-report.js';
export type {
  FeedEnding,
  FeedIssue,
  FeedItemOutcome,
  FeedRun,
  FeedSummary,
  FeedView,
  IAmazonFeedResult,
} from './feeds/feed-result.js';
export type { FeedOptions, FeedSpec, ListingsFeedOptions } from './feeds/feed-spec.js';
export {
  type FeedFormat,
  type FeedType,
  feedTypeOf,
  feedTypes,
  retiredFeedTypes,
} from './feeds/feed-types.js';
export { FeedsClient } from './feeds/feeds-client.js';
export { ListingsFeedBuilder, type ListingsFeedPart, listingsFeedBounds } from './feeds/listings-feed.js';
export type { ListingsFeedHeader, ListingsMessage, ReportedData } from './feeds/listings-message.js';
export { orderFulfilmentFeed } from './feeds/order-fulfilment-feed.js';
export type { FeeQuestion } from './fees/fee-question.js';
export { type FeeQuery, FeesClient } from './fees/fees-client.js';
export type { FeeOutcome } from './fees/fees-mapping.js';
export {
  type Balance,
  type BalanceQuery,
  FinancesClient,
  type FinancialSummary,
  type SummaryQuery,
  type TransactionQuery,
} from './finances/finances-client.js';
export type { GatewayConfig } from './gateway/gateway-config.js';
export {
  type CredentialEnd,
  type CredentialKind,
  credentialEnds,
  type EndStage,
  warnDays,
} from './health/credential-ends.js';
export { credentialGauges } from './health/credential-gauges.js';
export type { PlanOutcome } from './inbound/create-plan-once.js';
export {
  InboundClient,
  type NewPrepDetails,
  type PrepDetails,
  type SettleOptions,
} from './inbound/inbound-client.js';
export type { InboundOperation, OperationProblem, OperationStatus } from './inbound/inbound-operation.js';
export {
  type BoxesOfGroup,
  type CustomPlacement,
  InboundPacking,
  InboundPlacement,
  InboundTransportation,
  type PackingOption,
  type PlacementOption,
  type TransportationOption,
} from './inbound/inbound-options.js';
export type {
  InboundPlan,
  InboundPlanItem,
  InboundPlanSummary,
  InboundSource,
  NewInboundPlan,
  Owner,
} from './inbound/inbound-plan.js';
export {
  type InboundBox,
  type InboundPallet,
  type InboundPlanQuery,
  InboundPlans,
} from './inbound/inbound-plans.js';
export { type DeliveryWindow, InboundShipments, type InboundTracking } from './inbound/inbound-shipments.js';
export { InventoryClient, type InventoryQuery } from './inventory/inventory-client.js';
export { amazonJobs } from './jobs/amazon-jobs.js';
export type { BusinessOffersPayload, BusinessOffersResult } from './jobs/business-offers.js';
export type { CatalogLookupPayload, CatalogLookupResult } from './jobs/catalog-lookup.js';
export type { DataKioskRunPayload, DataKioskRunResult } from './jobs/datakiosk-run.js';
export type { FeedsSubmitPayload, FeedsSubmitResult } from './jobs/feeds-submit.js';
export type { FeesEstimatePayload, FeesEstimateResult } from './jobs/fees-estimate.js';
export type { FinancesImportPayload, FinancesImportResult } from './jobs/finances-import.js';
export type { InboundImportPayload, InboundImportResult } from './jobs/inbound-import.js';
export type { InboundPlansCreatePayload } from './jobs/inbound-plans-create.js';
export type { InventoryRefreshPayload, InventoryRefreshResult } from './jobs/inventory-refresh.js';
export type { InventorySyncPayload, InventorySyncResult } from './jobs/inventory-sync.js';
export type { InventoryUpdatePayload } from './jobs/inventory-update.js';
export type { AmazonJobParts } from './jobs/job-parts.js';
export type { ListingChangeResult } from './jobs/listing-change-result.js';
export type { ListingsRefreshPayload, ListingsRefreshResult } from './jobs/listings-refresh.js';
export type { ShipPayload } from './jobs/merchant-fulfillment-ship.js';
export type { MessagingSendPayload, MessagingSendResult } from './jobs/messaging-send.js';
export type { ConfirmShipmentPayload, ConfirmShipmentResult } from './jobs/orders-confirm-shipment.js';
export type { OrdersImportPayload, OrdersImportResult } from './jobs/orders-import.js';
export type { OutboundCreatePayload, OutboundCreateResult } from './jobs/outbound-create.js';
export type { PricesUpdatePayload } from './jobs/prices-update.js';
export type { ProductTypesRefreshPayload, ProductTypesRefreshResult } from './jobs/product-types-refresh.js';
export type { ReportsRunPayload, ReportsRunResult } from './jobs/reports-run.js';
export type { RestrictionsCheckPayload, RestrictionsCheckResult } from './jobs/restrictions-check.js';
export type { SalesImportPayload, SalesImportResult } from './jobs/sales-import.js';
export type {
  ShipmentInvoicingSubmitPayload,
  ShipmentInvoicingSubmitResult,
} from './jobs/shipment-invoicing-submit.js';
export type {
  SolicitationOutcome,
  SolicitationsSendPayload,
  SolicitationsSendResult,
} from './jobs/solicitations-send.js';
export type { UploadsSendPayload } from './jobs/uploads-send.js';
export type { LimitOverride, LimitOverrides } from './limits/limit-override.js';
export type { LimitView } from './limits/limit-view.js';
export { carefulPlan, sandboxPlan, usagePlans } from './limits/usage-plans.js';
export { type ListingPatch, pricePatch, quantityPatch } from './listings/listing-mapping.js';
export { type ListingQuery, ListingsClient } from './listings/listings-client.js';
export type { LabelWish, ShipOutcome } from './merchant-fulfillment/buy-once.js';
export type { OfferWish } from './merchant-fulfillment/choose-offer.js';
export type { ShippingLabel } from './merchant-fulfillment/label-content.js';
export {
  type LabelPurchase,
  LabelPurchases,
  type ParcelName,
} from './merchant-fulfillment/label-purchases.js';
export {
  type AdditionalInputs,
  type LabelPurchaseRequest,
  MerchantFulfillmentClient,
  type OrderParcel,
} from './merchant-fulfillment/merchant-fulfillment-client.js';
export type {
  PurchasedShipment,
  ShipmentStatus,
  ShippingOffer,
  ShippingOffers,
} from './merchant-fulfillment/shipment-mapping.js';
export type {
  DeliveryExperience,
  LabelFormat,
  SenderAddress,
  ShipmentRequest,
} from './merchant-fulfillment/shipment-request.js';
export { type Message, type MessageAttachment, type MessageKind, messageKinds } from './messaging/message.js';
export { type AboutOrder, type BuyerAttributes, MessagingClient } from './messaging/messaging-client.js';
export { amazonMetrics } from './metric-names.js';
export {
  type DeadNotification,
  DeadNotifications,
  type WholeDeadNotification,
} from './notifications/dead-notifications.js';
export { type ListenOptions, listenToNotifications } from './notifications/listen.js';
export type { Notification } from './notifications/notification.js';
export { NotificationDesk } from './notifications/notification-desk.js';
export type {
  HandledMessage,
  IncomingMessage,
  NotificationDeskOptions,
  NotificationHook,
  NotificationOutcome,
} from './notifications/notification-desk-options.js';
export { effectiveTypes } from './notifications/notification-effects.js';
export { type DeadReason, deadReasons } from './notifications/notification-fault.js';
export { notificationGauges } from './notifications/notification-gauges.js';
export type { NotificationListener, QueueView } from './notifications/notification-listener.js';
export {
  type DestinationKind,
  type EventFilterType,
  type NotificationTypeFacts,
  type NotificationTypeName,
  notificationType,
  notificationTypes,
} from './notifications/notification-types.js';
export {
  type Destination,
  type EventBridgeTarget,
  type NewDestination,
  type NewSubscription,
  NotificationsClient,
  type ProcessingDirective,
  type Subscription,
} from './notifications/notifications-client.js';
export type { NotifiedAccount } from './notifications/notified-accounts.js';
export { checkQueueUrl, queueUrlOf } from './notifications/queue-address.js';
export { amazonNotificationsAccount, amazonQueuePolicy } from './notifications/queue-policy.js';
export type {
  NotificationSetup,
  SetupDestination,
  SetupResult,
  SetupSubscription,
  WantedType,
} from './notifications/set-up.js';
export type { TeardownResult } from './notifications/tear-down.js';
export {
  type AmazonOrderQuery,
  type OrderPage,
  OrdersClient,
  type PersonalData,
} from './orders/orders-client.js';
export {
  type OutboundChange,
  OutboundClient,
  type OutboundQuery,
  type PreviewQuestion,
} from './outbound/outbound-client.js';
export type { OutboundPreview, OutboundTracking } from './outbound/outbound-mapping.js';
export type {
  FulfilmentPolicy,
  NewOutboundItem,
  NewOutboundOrder,
  OutboundItem,
  OutboundOrder,
  OutboundOrderSummary,
  OutboundPackage,
  OutboundReturn,
  OutboundShipment,
  OutboundStatus,
  ShippingSpeed,
} from './outbound/outbound-order.js';
export { OutboundReturns, type ReturnResult, type ReturnWish } from './outbound/outbound-returns.js';
export { type ApiClient, operationNamed, type SpApi } from './pipeline/api-client.js';
export type { AnswerFacts, ApiCallOptions, SpCallOptions } from './pipeline/call-options.js';
export { isIdempotent } from './pipeline/idempotency.js';
export { operationName } from './pipeline/operation-name.js';
export { PricingClient } from './pricing/pricing-client.js';
export { AmazonPersonalData, type AmazonPersonalDataParts } from './privacy/amazon-personal-data.js';
export { NotificationsHolder } from './privacy/notifications-holder.js';
export {
  type DefinitionQuery,
  type DefinitionWithSchema,
  type ProductTypeDefinition,
  type ProductTypeList,
  type ProductTypeSearch,
  ProductTypesClient,
} from './product-types/product-types-client.js';
export { findMarketplace, type Marketplace, marketplaceOf, marketplaces } from './regions/marketplaces.js';
export { type Environment, lwaTokenUrl, type Region, regionHosts, regions } from './regions/region.js';
export { type EndpointOverrides, RegionalEndpointManager } from './regions/regional-endpoint-manager.js';
export type { ReadAs } from './reports/report-document.js';
export type { ReportQuery } from './reports/report-query.js';
export type {
  IAmazonReportResult,
  ReportRun,
  ReportView,
  RowsOptions,
  WrittenReport,
} from './reports/report-run.js';
export { type ReportSchedule, ReportSchedules, type SchedulePeriod } from './reports/report-schedules.js';
export type { ReportSpec } from './reports/report-spec.js';
export type { Provenance, ReportFileFormat, ReportOutput, WrittenOutput } from './reports/report-state.js';
export type { ReportWishes } from './reports/report-workflow.js';
export { type ReportOptions, ReportsClient } from './reports/reports-client.js';
export {
  type Availability,
  type OptionFacts,
  type ReportCategory,
  type ReportTypeFacts,
  reportCategories,
  reportTypesChecked,
} from './reports/types/report-type.js';
export {
  findReportType,
  type ReportRow,
  type ReportType,
  reportTypeNames,
  reportTypes,
} from './reports/types/report-types.js';
export { type RetiredReportType, retiredReportTypes } from './reports/types/retired-report-types.js';
export {
  type ListingRestriction,
  type RestrictionQuery,
  RestrictionsClient,
} from './restrictions/restrictions-client.js';
export { SalesClient, type SalesQuery } from './sales/sales-client.js';
export type { SalesGranularity } from './sales/sales-facts.js';
export { type Participation, SellersClient } from './sellers/sellers-client.js';
export type { InvoiceStatus } from './shipment-invoicing/invoice-state.js';
export {
  type InvoiceOptions,
  type ShipmentDetail,
  ShipmentInvoicingClient,
} from './shipment-invoicing/shipment-invoicing-client.js';
export { SolicitationsClient } from './solicitations/solicitations-client.js';
export { type MessageWithFiles, uploadResources } from './uploads/upload-resources.js';
export {
  type NewUpload,
  type StoredFile,
  type UploadContent,
  type UploadedFile,
  UploadsClient,
} from './uploads/uploads-client.js';
export { type Claim, type ClaimOptions, Claims } from './workflow/claims.js';
export { defaultTimings, type WorkflowTimings } from './workflow/timings.js';
