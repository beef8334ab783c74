export type {
  BackendOptions,
  FluxoriBackend,
  QueueConnection,
  QueueTarget,
} from './fluxori-backend.js';
export { storableJson } from './json/storable-json.js';
export { lostConnectionCodes } from './life/lost-connection.js';
export { openBackend } from './open-backend.js';
export { ErasedOrders } from './privacy/erased-orders.js';
export {
  type AuditQuery,
  type AuditTrailOptions,
  KeyValueAuditTrail,
} from './privacy/key-value-audit-trail.js';
export { ProtectedRecordStore, type ProtectedRecordStoreParts } from './privacy/protected-record-store.js';
export { RecordsHolder, type RecordsHolderParts } from './privacy/records-holder.js';
export { checkUnsealed } from './secrets/check-unsealed.js';
export { EnvironmentSecretManager } from './secrets/environment-secret-manager.js';
export { createPrivateFile } from './secrets/private-file.js';
export { generateSealKey, type SealKey, type SealKeys, sealKeysFrom } from './secrets/seal-keys.js';
export { sealKeysOf } from './secrets/seal-keys-of-environment.js';
export { type SealedFileOptions, SealedFileSecretManager } from './secrets/sealed-file-secret-manager.js';
export {
  type Resealed,
  SealedKeyValueStore,
  type SealedKeyValueStoreOptions,
  sealMarkKey,
} from './secrets/sealed-key-value-store.js';
export { Sealer } from './secrets/sealer.js';
