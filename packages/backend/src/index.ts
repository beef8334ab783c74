export type {
  BackendOptions,
  FluxoriBackend,
  QueueConnection,
  QueueTarget,
} from './fluxori-backend.js';
export { storableJson } from './json/storable-json.js';
export { openBackend } from './open-backend.js';
