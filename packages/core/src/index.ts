export type {
  AdvertisingCapability,
  CallOptions,
  Capabilities,
  CapabilityName,
  CatalogCapability,
  DocumentsCapability,
  InventoryCapability,
  ListingsCapability,
  OrderQuery,
  OrdersCapability,
  PricesCapability,
} from './capability/capabilities.js';
export { type Page, type Paged, paged } from './capability/paged.js';
export type { CatalogItem } from './catalog/catalog-item.js';
export { BaseMarketplaceConnector, type ConnectorState } from './connector/base-marketplace-connector.js';
export { type ConnectorDefinition, ConnectorFactory, checkConfig } from './connector/connector-factory.js';
export { type Health, type HealthStatus, healthOf } from './connector/health.js';
export { type ErrorCode, errorCodes } from './errors/error-code.js';
export {
  AuthenticationError,
  CircuitOpenError,
  ConfigurationError,
  DocumentError,
  NetworkError,
  NotFoundError,
  RateLimitError,
  RemoteError,
  ValidationError,
} from './errors/errors.js';
export {
  type ErrorContext,
  FluxoriError,
  isFluxoriError,
  type RateSnapshot,
} from './errors/fluxori-error.js';
export { isAbort, isErrorOf } from './errors/guards.js';
export { shown } from './errors/shown.js';
export type {
  AmountPart,
  RelatedId,
  Transaction,
  TransactionItem,
  TransactionStatus,
} from './finance/transaction.js';
export { Gathered } from './gathering/gathered.js';
export type { Brand } from './identity/brand.js';
export {
  type AccountId,
  accountId,
  type MarketplaceId,
  marketplaceId,
  type OrderId,
  orderId,
  type SellerId,
  type Sku,
  sellerId,
  sku,
} from './identity/ids.js';
export type { InboundItem, InboundShipment, InboundStatus } from './inventory/inbound-shipment.js';
export type { InventoryLevel, InventoryUpdate } from './inventory/inventory-level.js';
export { checkWith } from './json/check-with.js';
export type { JsonValue } from './json/json-value.js';
export type { Listing, ListingChange, ListingIssue } from './listing/listing.js';
export type { ListingEligibility, ListingHindrance } from './listing/listing-eligibility.js';
export type { ProductTypeFacts } from './listing/product-type.js';
export { addMoney, compareMoney, type Money, money, multiplyMoney } from './money/money.js';
export type {
  Address,
  AmountType,
  Cancellation,
  CancellationParty,
  FulfilledBy,
  Order,
  OrderAmount,
  OrderItem,
  OrderRelation,
  OrderStatus,
  RelatedOrder,
  ShipmentConfirmation,
} from './order/order.js';
export type { Backend } from './ports/backend.js';
export {
  type BucketGrant,
  type BucketLimit,
  type BucketState,
  type BucketStore,
  type Priority,
  priorities,
  type TakeOptions,
  type TakeResult,
} from './ports/bucket-store.js';
export type { KeyValueStore } from './ports/key-value-store.js';
export type { Locks } from './ports/locks.js';
export { type Logger, type LogLevel, silentLogger } from './ports/logger.js';
export {
  type GaugeSample,
  type GaugeSource,
  type MetricDefinition,
  type Metrics,
  type MetricTable,
  noMetrics,
} from './ports/metrics.js';
export type {
  CanonicalRecord,
  ReadOptions,
  RecordBatch,
  RecordKind,
  RecordKinds,
  RecordQuery,
  RecordReplacement,
  RecordSink,
  RecordStore,
  RecordWalk,
  StoredRecord,
  WriteResult,
} from './ports/record-store.js';
export type { RequestSigner, RequestToSign } from './ports/request-signer.js';
export type { Sealing } from './ports/sealing.js';
export type { SecretDescription, SecretManager, WritableSecretManager } from './ports/secret-manager.js';
export { noTracing, type Span, type SpanAttributes, type SpanKind, type Tracing } from './ports/tracing.js';
export type { BusinessOffer, BusinessOffers, QuantityPrice } from './price/business-offers.js';
export type { EstimatedFee, FeeEstimate } from './price/fee-estimate.js';
export type { CompetitivePrice, PriceUpdate } from './price/price.js';
export {
  type AuditAction,
  type AuditEntry,
  type AuditNote,
  type AuditTrail,
  auditActions,
  noAudit,
} from './privacy/audit-trail.js';
export { mentionsAny } from './privacy/mentions.js';
export type {
  ErasedOrder,
  Erasure,
  HolderReport,
  PersonalDataHolder,
  Remainder,
} from './privacy/personal-data-holder.js';
export { type PersonalGroup, personalFields, personalGroups } from './privacy/personal-fields.js';
export {
  type ErasureReport,
  type ErasureSubject,
  type FindOrders,
  PrivacyDesk,
  type PrivacyDeskParts,
  type PrivacyReport,
} from './privacy/privacy-desk.js';
export { defaultRetention, expiredGroups, type RetentionRules } from './privacy/retention.js';
export type { SalesInterval } from './sales/sales-interval.js';
export { Secret, secret } from './secret/secret.js';
export { type Clock, systemClock } from './time/clock.js';
export { ManualClock } from './time/manual-clock.js';
export { ownTime } from './time/own-time.js';
export { type Random, systemRandom } from './time/random.js';
export { RunTime } from './time/run-time.js';
export { sleep } from './time/sleep.js';
