import type { FluxoriBackend } from '../../fluxori-backend.js';
import type { Scene } from '../under-test.js';
import type { BackendProcess } from './backend-process.js';

/** Several processes on one place: this one, and others with clocks that are right, an hour ahead and an hour behind. */
export interface Company {
  /** In this process. */
  readonly here: FluxoriBackend;
  /** By a right clock; one ahead by an hour; one behind by an hour. */
  readonly others: readonly BackendProcess[];
  /** One more, to be killed. */
  another(): Promise<BackendProcess>;
  /** Plays a scene whose steps must follow each other in time: see `undisturbed`. */
  play(scene: Scene): Promise<void>;
  unique(name: string): string;
}
