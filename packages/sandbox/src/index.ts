export type {
  AccountCounts,
  AuthKind,
  CountersSnapshot,
  DistinctRequest,
  OperationCounts,
  RepeatedPage,
} from './counters/counts.js';
export type { ActiveFault, Fault, Host } from './faults/fault.js';
export { applicationCaps } from './limits/application-caps.js';
export type { BucketView } from './limits/rate-limiter.js';
export type { Plan } from './limits/token-bucket.js';
export { operationKey } from './operation/operation-key.js';
export { type SandboxOptions, sandboxOptionsSchema } from './options.js';
export type {
  NewOrders,
  OrderChange,
  OrderPersonalData,
  Sandbox,
  SandboxCredentials,
  SandboxFaults,
  SellerState,
  StockSale,
} from './sandbox.js';
export type { ConsentAnswer } from './seller-central/consent-desk.js';
export { startSandbox } from './start-sandbox.js';
export type { OrderStatus } from './world/order.js';
