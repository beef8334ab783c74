import { type AccountId, type JsonValue, type Logger, ValidationError } from '@fluxori/core';
import type { JobContext, Progress } from '../job/job-context.js';
import { ParkRequest } from '../outcome/park-request.js';
import { wakeKeys } from '../wake/wake-keys.js';
import type { Checkpoints } from './checkpoints.js';
import type { JobRun } from './job-run.js';

/** The longest that a call waits for a token while it holds a worker's slot. */
const longestWaitMs = 1_000;

interface Facts {
  readonly run: JobRun;
  readonly accountId: AccountId;
  readonly payload: unknown;
  readonly state: JsonValue | undefined;
  readonly attempt: number;
  readonly logger: Logger;
}

interface Means {
  readonly checkpoints: Checkpoints;
  readonly progress: (progress: Progress) => Promise<void>;
  /** True while the process is stopping: jobs leave at their next checkpoint. */
  readonly leaving: () => boolean;
}

/** Joins one run to what its handler may do. */
export function createContext(facts: Facts, means: Means): JobContext {
  const { run, accountId, payload, state, attempt, logger } = facts;
  const { jobId, signal } = run;
  return {
    jobId,
    accountId,
    payload,
    state,
    signal,
    logger,
    attempt,
    get priority() {
      return run.priority;
    },
    async call(work) {
      run.stopIfOverdue();
      signal.throwIfAborted();
      const result = await work({ signal, priority: run.priority, maxWaitMs: longestWaitMs, waiter: jobId });
      run.hostTries = 0;
      return result;
    },
    async checkpoint(checkpoint, batch = {}, { goesOn = false } = {}) {
      run.stopIfOverdue();
      signal.throwIfAborted();
      const kept = JSON.parse(JSON.stringify(checkpoint ?? null)) as JsonValue;
      // Until it is answered, nobody knows whether there is one.
      run.checkpointed ||= undefined;
      const result = await means.checkpoints.write(accountId, jobId, kept, batch, signal);
      run.checkpointed = true;
      const leave = means.leaving() ? 'closing' : run.leaveAtCheckpoint;
      if (leave !== undefined && !goesOn) run.stop(leave);
      signal.throwIfAborted();
      return result;
    },
    prune: (order) => means.checkpoints.prune(accountId, order, signal),
    readState: (key) => means.checkpoints.readState(accountId, key),
    async progress(value) {
      await means.progress(value);
    },
    park(order) {
      if (Number.isNaN(order.until.getTime())) {
        throw new ValidationError(`A handler wants to park until a date that is none: ${order.reason}.`, {
          field: 'until',
          account: accountId,
          remedy: 'Correct the handler, then retry the job: it goes on from its checkpoint.',
        });
      }
      const wakeOn = wakeKeys(order.wakeOn, accountId);
      throw new ParkRequest({ ...order, ...(wakeOn.length > 0 ? { wakeOn } : { wakeOn: undefined }) });
    },
  };
}
