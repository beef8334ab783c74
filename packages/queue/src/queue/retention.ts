/** How long jobs that ended are kept, and how many at most. */
export interface RetentionOptions {
  /** One day and 1,000 by default. */
  readonly completed?: { readonly ageMs?: number; readonly count?: number };
  /** Thirty days and 10,000 by default: a failed job can be retried. */
  readonly failed?: { readonly ageMs?: number; readonly count?: number };
  /** One day by default. */
  readonly cancelled?: { readonly ageMs?: number };
}

/** The same in BullMQ's form: seconds. */
export interface Retention {
  readonly completed: { readonly age: number; readonly count: number };
  readonly failed: { readonly age: number; readonly count: number };
  readonly cancelledMs: number;
}

const dayMs = 86_400_000;

export function retentionOf({ completed, failed, cancelled }: RetentionOptions = {}): Retention {
  return {
    completed: { age: seconds(completed?.ageMs ?? dayMs), count: completed?.count ?? 1_000 },
    failed: { age: seconds(failed?.ageMs ?? 30 * dayMs), count: failed?.count ?? 10_000 },
    cancelledMs: cancelled?.ageMs ?? dayMs,
  };
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1_000);
}
