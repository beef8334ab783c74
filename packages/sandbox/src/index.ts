export type {
  AccountCounts,
  AuthKind,
  CountersSnapshot,
  DistinctRequest,
  OperationCounts,
  RepeatedPage,
} from './counters/counts.js';
export type { DocumentCounts, DocumentDownload, DocumentUpload } from './counters/document-counts.js';
export type { WorkCounts } from './counters/work-counts.js';
export type { ContentSource } from './documents/content-spool.js';
export type { FarSideEvent, FinalStatus, Notify } from './events/far-side-event.js';
export type { ActiveFault, Fault, Host } from './faults/fault.js';
export { applicationCaps } from './limits/application-caps.js';
export type { BucketView } from './limits/rate-limiter.js';
export type { Plan } from './limits/token-bucket.js';
export type { EventBridgeRule } from './notifications/notification-desk.js';
export { operationKey } from './operation/operation-key.js';
export { type SandboxOptions, sandboxOptionsSchema } from './options.js';
export type {
  GivenReportFacts,
  NewOrders,
  OrderChange,
  OrderPersonalData,
  ReportContent,
  Sandbox,
  SandboxCredentials,
  SandboxFaults,
  SandboxQueue,
  SellerState,
  StockSale,
  WorkSteering,
} from './sandbox.js';
export type { ConsentAnswer } from './seller-central/consent-desk.js';
export { startSandbox } from './start-sandbox.js';
export type { Outcome } from './work/outcome-board.js';
export type { OrderStatus } from './world/order.js';
