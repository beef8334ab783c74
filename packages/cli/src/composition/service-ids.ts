import type { FluxoriBackend, KeyValueAuditTrail } from '@fluxori/backend';
import type { KeyValueStore, Logger, Metrics, Tracing } from '@fluxori/core';
import type { NetworkAwareClient, RateTracker } from '@fluxori/network';
import type { OperationQueues } from '@fluxori/queue';
import type { ServiceIdentifier } from 'inversify';
import type { LoadedConfig } from '../config/load-config.js';
import type { OpenPrivacyDesk } from '../privacy/open-privacy.js';
import type { Connectors } from './connectors.js';
import type { Contents } from './open-contents.js';

/** What the container knows, by name. */
export const ids = {
  loadedConfig: Symbol.for('fluxori.LoadedConfig') as ServiceIdentifier<LoadedConfig>,
  logger: Symbol.for('fluxori.Logger') as ServiceIdentifier<Logger>,
  metrics: Symbol.for('fluxori.Metrics') as ServiceIdentifier<Metrics>,
  tracing: Symbol.for('fluxori.Tracing') as ServiceIdentifier<Tracing>,
  /** Where state lies as it is: for what deletes personal data, and nothing else. */
  store: Symbol.for('fluxori.Store') as ServiceIdentifier<FluxoriBackend>,
  /** The same with records that seal their personal data. */
  backend: Symbol.for('fluxori.Backend') as ServiceIdentifier<FluxoriBackend>,
  openPrivacyDesk: Symbol.for('fluxori.OpenPrivacyDesk') as ServiceIdentifier<OpenPrivacyDesk>,
  audit: Symbol.for('fluxori.AuditTrail') as ServiceIdentifier<KeyValueAuditTrail>,
  /** Where tokens are kept: sealed when a key is set, else the backend's. */
  secureKeyValues: Symbol.for('fluxori.SecureKeyValues') as ServiceIdentifier<KeyValueStore>,
  /** Where copies of documents are kept. */
  contents: Symbol.for('fluxori.Contents') as ServiceIdentifier<Contents>,
  networkClient: Symbol.for('fluxori.NetworkAwareClient') as ServiceIdentifier<NetworkAwareClient>,
  rateTracker: Symbol.for('fluxori.RateTracker') as ServiceIdentifier<RateTracker>,
  connectors: Symbol.for('fluxori.Connectors') as ServiceIdentifier<Connectors>,
  queues: Symbol.for('fluxori.OperationQueues') as ServiceIdentifier<OperationQueues>,
};
