import type { BucketLimit, TakeOptions } from '@fluxori/core';
import type { FluxoriBackend } from '../../fluxori-backend.js';

/** What a process under test is told to do. */
export type Order =
  | { readonly do: 'call'; readonly port: Port; readonly method: string; readonly args: readonly unknown[] }
  /** Answers when the lock is held; it is until `release`. */
  | { readonly do: 'hold'; readonly lock: string; readonly ttlMs?: number }
  | { readonly do: 'release'; readonly lock: string }
  /** Adds one to the number at `key`, `times` times, by reading and writing it under the lock. */
  | { readonly do: 'count up'; readonly lock: string; readonly key: string; readonly times: number }
  /** What is at `key`, made first, under the lock, when it is not there; each making counts one up at `<key> made`. */
  | { readonly do: 'make once'; readonly lock: string; readonly key: string }
  /** Answers for how long the process was held up in one piece, in milliseconds, since it was last asked. */
  | { readonly do: 'tell hold-ups' }
  /** Takes again and again until `ms` have gone by, or with 0 until it is refused. Answers how often it was granted. */
  | {
      readonly do: 'take on';
      readonly limits: readonly BucketLimit[];
      readonly options: TakeOptions;
      readonly ms: number;
    };

export type Port = 'keyValues' | 'buckets' | 'records';
export type Ports = Pick<FluxoriBackend, Port>;

/** An order on its way to the process. */
export interface Errand {
  readonly id: number;
  readonly order: Order;
}

/** On its way back; id 0 is the word that the backend is open, or could not be opened. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure };

export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}
