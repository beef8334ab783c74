export type {
  BackendOptions,
  FluxoriBackend,
  QueueConnection,
  QueueTarget,
} from './fluxori-backend.js';
export { openBackend } from './open-backend.js';
