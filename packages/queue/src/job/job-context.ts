import type {
  AccountId,
  CanonicalRecord,
  JsonValue,
  Logger,
  Priority,
  RecordKind,
  WriteResult,
} from '@fluxori/core';

/** What a call to the remote side needs to know from the job that makes it. */
export interface CallTerms {
  readonly signal: AbortSignal;
  /** The job's priority now: it may have been expedited since the last call. */
  readonly priority: Priority;
  /** A longer wait for a token ends the call with a RateLimitError, and the job parks. Milliseconds. */
  readonly maxWaitMs: number;
  /** The job's name at the token buckets, so that it keeps its place while it is parked. */
  readonly waiter: string;
}

export interface Progress {
  readonly done: number;
  readonly total?: number;
  /** What is counted, e.g. `orders`. */
  readonly unit?: string;
  readonly label?: string;
}

/** What a checkpoint writes beside the job's own state. */
export interface CheckpointBatch {
  readonly records?: readonly CanonicalRecord[];
  /** Watermarks and the like, by key; null deletes. */
  readonly state?: Readonly<Record<string, JsonValue>>;
}

export interface CheckpointOptions {
  /**
   * What is kept is an intent: what it says is done right after it. So the job does not leave here while the process is stopping or its account is
   * paused, but at its next checkpoint, which tells what came of it. False by default.
   */
  readonly goesOn?: boolean;
}

/** Records that the remote side does not have any more. */
export interface PruneOrder {
  readonly kind: RecordKind;
  /** Only those whose version is below this, e.g. the beginning of a listing of all there is: what it brought, or somebody since, is newer. */
  readonly olderThan: string;
  /** Only those whose id is of what was listed. */
  readonly matches: (id: string) => boolean;
}

export interface ParkOrder {
  readonly until: Date;
  /** For people: what it waits for. */
  readonly reason: string;
  /**
   * What may happen before `until`, e.g. `report:<reportId>`: `queues.wake(accountId, key)`, in any process, lets the job go on at once. A wake
   * that comes while this run is still on its way to park counts, too. Keys are not secret; at most 100, of 300 characters.
   */
  readonly wakeOn?: string | readonly string[];
}

/** A handler's view of the world. It knows nothing of queues, HTTP or databases. */
export interface JobContext<Payload = unknown, State = unknown> {
  readonly jobId: string;
  readonly accountId: AccountId;
  readonly payload: Payload;
  /** What the last checkpoint kept; undefined on the first run. */
  readonly state: State | undefined;
  /** Aborted when the job is cancelled, the process stops, the job was taken over by another process, or this run is over. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** From 1; counts only failures of the remote side. */
  readonly attempt: number;
  readonly priority: Priority;
  /** Makes a call on the job's terms. Let its errors through: they decide whether the job parks, tries again or fails. */
  call<T>(work: (terms: CallTerms) => Promise<T>): Promise<T>;
  /**
   * Keeps how far the job has come, together with what it brought in: in one transaction when the records go to the backend;
   * a sink of the platform's own is written first, so that a crash between the two repeats and loses nothing.
   * While the process is stopping this is where the job leaves: the promise rejects after everything was written.
   */
  checkpoint(state: State, batch?: CheckpointBatch, options?: CheckpointOptions): Promise<WriteResult>;
  /**
   * Deletes records of the account that a whole listing did not bring. Do it after the last page, when nothing can be missing; doing it again after a
   * crash does no harm. Records that go to a sink of the platform's own stay.
   * @returns how many were deleted.
   */
  prune(order: PruneOrder): Promise<number>;
  /** A state value of the account, as some job's batch left it, e.g. a watermark. */
  readState(key: string): Promise<JsonValue | undefined>;
  /** Tells how far it is. Call it as often as you like: few writes result. */
  progress(progress: Progress): Promise<void>;
  /** Ends this run and goes on from the last checkpoint at `until`, or when it is woken. Holds no worker meanwhile, uses no attempt. */
  park(order: ParkOrder): never;
}
