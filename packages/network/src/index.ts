export {
  type CircuitOptions,
  type CircuitPosition,
  type CircuitState,
  defaultCircuit,
} from './breaker/circuit.js';
export { circuitGauges } from './breaker/circuit-gauges.js';
export type { AnswerContext, CallOptions, CallSpec } from './client/call-spec.js';
export { NetworkAwareClient, type NetworkAwareClientOptions } from './client/network-aware-client.js';
export type { StreamAnswer, StreamOptions, StreamSpec } from './client/stream-spec.js';
export { metricNames, networkMetrics } from './metric-names.js';
export { rateGauges } from './rate/rate-gauges.js';
export { type AcquireOptions, RateTracker, type RateTrackerOptions } from './rate/rate-tracker.js';
export {
  type PlanSource,
  primaryPlan,
  type RateGrant,
  type RateState,
  type UsagePlan,
} from './rate/usage-plan.js';
export { retryAfterMs } from './retry/retry-after.js';
export { defaultRetry, type RetryOptions, transientStatuses } from './retry/retry-policy.js';
export { JwtRequestSigner, type JwtRequestSignerOptions } from './signer/jwt-request-signer.js';
export type { SigningAlgorithm, SigningKey } from './signer/signing-key.js';
export { expiresAt, type IAmazonToken, isAccessToken, lifeSeconds } from './token/amazon-token.js';
export {
  expiredSecret,
  type LwaComplaint,
  type LwaRefusal,
  permanentRefusals,
  readComplaint,
} from './token/lwa-errors.js';
export { type Refusal, Refusals, refusalKeyPrefix } from './token/refusals.js';
export {
  type ThroughOptions,
  TokenCache,
  type TokenCacheOptions,
  tokenKeyPrefix,
} from './token/token-cache.js';
export { TokenManager, type TokenManagerOptions } from './token/token-manager.js';
export {
  type GrantlessTokenRequest,
  type SellerTokenRequest,
  type TokenRequest,
  tokenKey,
} from './token/token-request.js';
export { mayPass } from './transport/failure-table.js';
export type { HttpAnswer } from './transport/http-answer.js';
export type { Environment } from './transport/proxy-environment.js';
export { defaultTimeouts, type Timeouts } from './transport/timeouts.js';
export { type UserAgentParts, userAgent } from './user-agent/user-agent.js';
