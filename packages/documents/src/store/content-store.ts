import type { Readable } from 'node:stream';

/** What is kept of a content beside its bytes. */
export interface ContentFacts {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the bytes as they were written, in hex. */
  readonly sha256: string;
  readonly writtenAt: Date;
}

/** What a sweep removed. */
export interface SweptLeftovers {
  readonly removed: number;
  readonly bytes: number;
}

/**
 * Where the bytes of documents are kept: a folder, an S3-compatible service. Names are paths of letters, digits, `-`, `_`, `.` and `/`.
 * A content is there whole or not at all: a write that was interrupted leaves nothing that `read` would give.
 */
export interface ContentStore {
  /** Fit for a log: no credentials. */
  readonly url: string;
  /**
   * Writes all of `bytes`, replacing what was there. When the stream fails, or the signal is aborted, the write rejects with that reason
   * and what was there before stays. The stream is used up or destroyed in any case. An abort may come too late for the last request to a service over
   * the network: then the new content is there all the same, whole.
   *
   * @throws DocumentError `DOCUMENT_STORE_FULL` when there is no room.
   */
  write(name: string, bytes: Readable, options?: { signal?: AbortSignal }): Promise<ContentFacts>;
  /**
   * Read the stream to its end or destroy it, by a loop or `pipeline`: these are told of its errors also when they come late. A bare `pipe` is not, and no
   * error of it ends the process.
   *
   * @param options.from - the first byte wanted; 0 by default, at most the content's size.
   * @throws DocumentError `DOCUMENT_NOT_FOUND`. The stream itself may end with `DOCUMENT_DAMAGED` or `DOCUMENT_TRUNCATED`.
   */
  read(name: string, options?: { from?: number; signal?: AbortSignal }): Promise<Readable>;
  facts(name: string): Promise<ContentFacts | undefined>;
  /** @returns whether it was there. */
  delete(name: string): Promise<boolean>;
  /** Those whose names begin with `prefix`, in order of name. */
  list(prefix?: string): AsyncIterable<ContentFacts>;
  /**
   * Removes what writers that died have left behind. None of it can be read, but it takes up room.
   * @param options.idleMs - how long a writer of whom nothing else is known must not have moved; each store has its default.
   */
  sweep(options?: { idleMs?: number; signal?: AbortSignal }): Promise<SweptLeftovers>;
  /** Idempotent; what was written stays. */
  close(): Promise<void>;
}
