import {
  type AccountId,
  accountId,
  type Backend,
  isErrorOf,
  type JsonValue,
  silentLogger,
  sleep,
} from '@fluxori/core';
import type { CheckpointBatch, JobContext, JobDefinition } from '@fluxori/queue';

export interface RunJobOptions {
  readonly backend: Backend;
  readonly payload: unknown;
  /** Called before each checkpoint is written; throwing here is a crash before the write. */
  readonly beforeCheckpoint?: (n: number) => void;
  /** Called after each checkpoint was written; throwing here is a crash after the write. */
  readonly afterCheckpoint?: (n: number) => void | Promise<void>;
  readonly signal?: AbortSignal;
  /** `job-1` by default. */
  readonly jobId?: string;
}

/** A crash, as far as a job can tell: nothing after it runs, and the next run begins at the last checkpoint. */
export class Crash extends Error {}

/**
 * Runs a job without a queue, as the queue would: from the last checkpoint, again after a crash, and again later when it must wait.
 * What the job keeps goes through JSON, and records and state are written together.
 */
export async function runJob(job: JobDefinition, options: RunJobOptions): Promise<unknown> {
  const account = accountId('acme-za');
  const payload = job.payload.parse(JSON.parse(JSON.stringify(options.payload)));
  const { jobId = 'job-1' } = options;
  const { records } = options.backend;
  let state: JsonValue | undefined;
  let checkpoints = 0;
  for (let run = 0; run < 200; run++) {
    const context: JobContext = {
      jobId,
      accountId: account as AccountId,
      payload,
      state,
      signal: options.signal ?? new AbortController().signal,
      logger: silentLogger,
      attempt: 1,
      priority: 'normal',
      call: (work) => work({ signal: context.signal, priority: 'normal', maxWaitMs: 1_000, waiter: jobId }),
      async checkpoint(next, batch: CheckpointBatch = {}) {
        checkpoints += 1;
        options.beforeCheckpoint?.(checkpoints);
        const kept = JSON.parse(JSON.stringify(next ?? null)) as JsonValue;
        const result = await records.write({ accountId: account, ...batch });
        state = kept;
        await options.afterCheckpoint?.(checkpoints);
        return result;
      },
      prune: async ({ kind, olderThan, matches }) => {
        const found = await records.walk(kind, { accountId: account, limit: 10_000 });
        const gone = found.filter(({ id, version }) => version < olderThan && matches(id));
        return records.delete(
          kind,
          account,
          gone.map(({ id }) => id),
          { olderThan },
        );
      },
      readState: (key) => records.readState(account, key),
      progress: async () => {},
      park(order) {
        throw new Parked(order.until);
      },
    };
    try {
      return JSON.parse(JSON.stringify((await job.run(context)) ?? null));
    } catch (error) {
      if (error instanceof Crash) continue;
      const until =
        error instanceof Parked
          ? error.until
          : isErrorOf(error, 'RateLimitError')
            ? error.retryAt
            : undefined;
      if (until !== undefined) await sleep(Math.max(0, until.getTime() - Date.now()));
      else if (!isErrorOf(error, 'NetworkError') && !isErrorOf(error, 'CircuitOpenError')) throw error;
      else await sleep(50);
    }
  }
  throw new Error('The job did not end.');
}

class Parked extends Error {
  constructor(readonly until: Date) {
    super('parked');
  }
}
