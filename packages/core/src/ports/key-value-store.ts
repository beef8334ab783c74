import type { JsonValue } from '../json/json-value.js';

/** Small values that outlive the process, each with an optional end. */
export interface KeyValueStore {
  get(key: string): Promise<JsonValue | undefined>;
  /** The values of several keys in their order, at the cost of about one look. Without it, they are got one by one. */
  getMany?(keys: readonly string[]): Promise<readonly (JsonValue | undefined)[]>;
  /** @param options.ttlMs - milliseconds from now (by the store's clock) until it is gone; without it, it stays. */
  set(key: string, value: JsonValue, options?: { ttlMs?: number }): Promise<void>;
  /** Several at the cost of about one; each is whole or not at all, the many need not be. Without it, they are set one by one. */
  setMany?(
    entries: readonly { readonly key: string; readonly value: JsonValue }[],
    options?: { ttlMs?: number },
  ): Promise<void>;
  delete(key: string): Promise<void>;
  /** Several at the cost of about one. Without it, they are deleted one by one. */
  deleteMany?(keys: readonly string[]): Promise<void>;
  /** Keys that begin with `prefix`, in order. */
  keys(prefix: string): Promise<readonly string[]>;
}
