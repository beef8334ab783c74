import type { Readable } from 'node:stream';

/** What is kept of a content beside its bytes. */
export interface ContentFacts {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the bytes as they were written, in hex. */
  readonly sha256: string;
  readonly writtenAt: Date;
}

/**
 * Where the bytes of documents are kept: a folder, an S3-compatible service. Names are paths of letters, digits, `-`, `_`, `.` and `/`.
 * A content is there whole or not at all: a write that was interrupted leaves nothing that `read` would give.
 */
export interface ContentStore {
  /** Fit for a log: no credentials. */
  readonly url: string;
  /** Writes all of `bytes`, replacing what was there. */
  write(name: string, bytes: Readable, options?: { signal?: AbortSignal }): Promise<ContentFacts>;
  /**
   * @param options.from - the first byte wanted; 0 by default.
   * @throws DocumentError `DOCUMENT_NOT_FOUND`.
   */
  read(name: string, options?: { from?: number; signal?: AbortSignal }): Promise<Readable>;
  facts(name: string): Promise<ContentFacts | undefined>;
  /** @returns whether it was there. */
  delete(name: string): Promise<boolean>;
  /** Those whose names begin with `prefix`, in order of name. */
  list(prefix?: string): AsyncIterable<ContentFacts>;
  close(): Promise<void>;
}
