/** What the faults that are on do to one request, taken together. */
export interface Disturbance {
  latencyMs: number;
  bytesPerSecond?: number;
  drop?: 'before' | 'after';
  resetAfterBytes?: number;
  /** Answered with 429, whatever the quota. */
  throttle?: boolean;
  /** No rate header, as it happens. */
  hideRate?: boolean;
  /** After this many bytes of the body no more come, and the connection stays. */
  stallAfterBytes?: number;
  document?: DocumentDisturbance;
  error?: { readonly status: number; readonly html: boolean; readonly when: 'before' | 'after' };
}

/** What is wrong with a document, or with what is said of it. */
export interface DocumentDisturbance {
  /** It ends here, as if it had never been longer. */
  truncateToBytes?: number;
  /** This byte is another one. */
  damageAtByte?: number;
  /** A range is not heeded: 200 and the whole document. */
  ignoreRange?: boolean;
  /** By how much `Content-Length` is off. */
  lengthOffBy?: number;
  /** It seems to have been replaced by another one: another ETag. */
  changed?: boolean;
  /** GZIP is said of what is not compressed, and not said of what is. */
  wrongLabel?: boolean;
}

/** No fault is on. */
export const undisturbed: Readonly<Disturbance> = { latencyMs: 0 };
