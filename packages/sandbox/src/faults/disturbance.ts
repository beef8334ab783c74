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
  error?: { readonly status: number; readonly html: boolean; readonly when: 'before' | 'after' };
}

/** No fault is on. */
export const undisturbed: Readonly<Disturbance> = { latencyMs: 0 };
