import type {
  AccountId,
  Backend,
  CanonicalRecord,
  JsonValue,
  KeyValueStore,
  RecordSink,
  RecordStore,
  WriteResult,
} from '@fluxori/core';
import type { CheckpointBatch, PruneOrder } from '../job/job-context.js';
import { pruneRecords } from './prune-records.js';

const nothing: WriteResult = { inserted: 0, updated: 0, unchanged: 0 };

/** Keeps how far jobs have come, beside what they brought in. */
export class Checkpoints {
  readonly #records: RecordStore;
  readonly #keyValues: KeyValueStore;
  readonly #sink: RecordSink;
  readonly #prefix: string;

  /** @param sink - where records go when not to the backend; state is kept in the backend in any case, where it can be read. */
  constructor(backend: Backend, sink: RecordSink | undefined, prefix: string) {
    this.#records = backend.records;
    this.#keyValues = backend.keyValues;
    this.#sink = sink ?? backend.records;
    this.#prefix = prefix;
  }

  async read(accountId: AccountId, jobId: string): Promise<JsonValue | undefined> {
    const key = this.#key(jobId);
    return (await this.#records.readState(accountId, key)) ?? (await this.#keyValues.get(key));
  }

  readState(accountId: AccountId, key: string): Promise<JsonValue | undefined> {
    return this.#records.readState(accountId, key);
  }

  /** One transaction where the sink is the backend's own; else the sink first, whose writes may be repeated. */
  async write(
    accountId: AccountId,
    jobId: string,
    checkpoint: JsonValue,
    batch: CheckpointBatch,
    signal: AbortSignal,
  ): Promise<WriteResult> {
    const state = { ...batch.state, [this.#key(jobId)]: checkpoint };
    const records: readonly CanonicalRecord[] = batch.records ?? [];
    if (this.#sink === this.#records) return this.#records.write({ accountId, records, state }, { signal });
    const result =
      records.length === 0 ? nothing : await this.#sink.write({ accountId, records }, { signal });
    await this.#records.write({ accountId, state }, { signal });
    return result;
  }

  /** @returns how many were deleted; none where records go to a sink of the platform's own. */
  prune(accountId: AccountId, order: PruneOrder, signal: AbortSignal): Promise<number> {
    if (this.#sink !== this.#records) return Promise.resolve(0);
    return pruneRecords(this.#records, accountId, order, signal);
  }

  async forget(accountId: AccountId, jobId: string): Promise<void> {
    const key = this.#key(jobId);
    await this.#records.write({ accountId, state: { [key]: null } });
    await this.#keyValues.delete(key);
  }

  /** A failed job may be retried, but not for ever: its checkpoint moves to where things end by themselves. */
  async keepFor(accountId: AccountId, jobId: string, ttlMs: number): Promise<void> {
    const key = this.#key(jobId);
    const checkpoint = await this.#records.readState(accountId, key);
    if (checkpoint === undefined) return;
    await this.#keyValues.set(key, checkpoint, { ttlMs });
    await this.#records.write({ accountId, state: { [key]: null } });
  }

  #key(jobId: string): string {
    return `${this.#prefix}/checkpoint/${jobId}`;
  }
}
