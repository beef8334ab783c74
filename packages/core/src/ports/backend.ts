import type { Health } from '../connector/health.js';
import type { BucketStore } from './bucket-store.js';
import type { KeyValueStore } from './key-value-store.js';
import type { Locks } from './locks.js';
import type { RecordStore } from './record-store.js';

/** Where state lives, behind one URL. */
export interface Backend extends AsyncDisposable {
  /** The driver's name, e.g. `memory`, `pglite`. */
  readonly kind: string;
  /** Whether other processes may be working on the same place at the same time. */
  readonly shared: boolean;
  /** The URL without credentials, fit for a log. */
  readonly url: string;
  readonly keyValues: KeyValueStore;
  readonly locks: Locks;
  readonly buckets: BucketStore;
  readonly records: RecordStore;
  health(): Promise<Health>;
  /** Idempotent; what was written stays. */
  close(): Promise<void>;
}
