import { type Clock, type Priority, ValidationError } from '@fluxori/core';
import type { AccountSlots } from '../control/account-slots.js';
import { readNote } from '../job/job-note.js';
import type { JobState } from '../job/job-view.js';
import type { Checkpoints } from '../run/checkpoints.js';
import { atMost } from '../store/at-most.js';
import type { BullJob, BullQueue } from './bull-types.js';
import type { CancelledJobs } from './cancelled-jobs.js';
import { priorityNumber } from './enqueue.js';
import type { HostGate } from './host-gate.js';
import type { JobEvents } from './job-events.js';
import type { JobReader } from './job-reader.js';
import type { JobWorker } from './job-worker.js';
import { promote } from './promote.js';
import type { RetriedKeys } from './retried-keys.js';
import type { RunOrders } from './run-orders.js';
import { noSuchJob } from './wait-for-job.js';

/** How long an order waits for a run that is just leaving: it comes too late for that, and too early for what the job is then. */
const leavingMs = 5_000;

interface Parts {
  readonly section: string;
  readonly reader: JobReader;
  readonly cancelled: CancelledJobs;
  readonly checkpoints: Checkpoints;
  readonly retriedKeys: RetriedKeys;
  readonly orders: RunOrders;
  readonly gate: HostGate;
  readonly slots: AccountSlots;
  readonly events: JobEvents;
  readonly clock: Clock;
  readonly worker: () => JobWorker | undefined;
  readonly forgetWaiter: (jobId: string) => void;
}

/** Changes the course of single jobs: sooner, never, or once more. */
export class JobSteering {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async expedite(queue: BullQueue, jobId: string, priority: Priority): Promise<void> {
    const urgency = priorityNumber(priority);
    const found = await this.#find(jobId, ['waiting', 'parked', 'active'], 'expedited');
    await queue.getBackend().changePriority(jobId, urgency);
    if (found.state !== 'active') return goOn(queue, found);
    if (this.#parts.worker()?.setPriority(jobId, priority)) return;
    await this.#parts.orders.send(jobId, { priority });
    // The run that it is for may have left on the way.
    const now = await this.#look(jobId);
    if (now !== undefined) await goOn(queue, now);
  }

  async cancel(jobId: string): Promise<void> {
    if ((await this.#look(jobId)) === undefined && (await this.#parts.cancelled.get(jobId))) return;
    const { job, state } = await this.#find(jobId, ['waiting', 'parked', 'active'], 'cancelled');
    refuseClockwork(job);
    if (this.#parts.worker()?.cancel(jobId)) return;
    if (state !== 'active' && (await this.#takeOut(job))) return;
    const { orders } = this.#parts;
    await orders.send(jobId, { cancel: true });
    // The run that it is for may have left on the way, and the next one, which would find it, may be days away.
    const now = await this.#look(jobId);
    const isMissed = now?.state === 'waiting' || now?.state === 'parked';
    if (isMissed && (await orders.takeFor(jobId))?.cancel) await this.cancel(jobId);
  }

  async retry(queue: BullQueue, jobId: string): Promise<void> {
    const { job } = await this.#find(jobId, ['failed'], 'retried');
    const key = job.opts.deduplication?.id;
    if (key !== undefined) await this.#holdKey(queue, job, key);
    if (job.data.crashes !== undefined) {
      const { crashes: _crashes, ...data } = job.data;
      await job.updateData(data);
    }
    // What was ordered of the run that failed is not meant for the next one.
    await this.#parts.orders.takeFor(jobId);
    await job.retry('failed', { resetAttemptsMade: true });
  }

  /** @returns false when a worker was faster. */
  async #takeOut(job: BullJob): Promise<boolean> {
    const { reader, cancelled, checkpoints, gate, slots, events, clock, section, forgetWaiter } = this.#parts;
    const jobId = job.id!;
    // First what is shown of it, then the job: at no moment is there neither.
    await cancelled.add(reader.describe(job, 'cancelled'), new Date(clock.now()));
    try {
      await job.remove();
    } catch {
      await cancelled.remove(jobId);
      return false;
    }
    gate.forget(jobId);
    slots.forget(jobId);
    forgetWaiter(jobId);
    if (job.attemptsStarted > 0) await checkpoints.forget(job.data.accountId, jobId);
    events.emit('cancelled', { jobId, name: job.name, section, accountId: job.data.accountId });
    return true;
  }

  async #holdKey(queue: BullQueue, job: BullJob, key: string): Promise<void> {
    const { retriedKeys } = this.#parts;
    const other = (await queue.getDeduplicationJobId(key)) ?? (await retriedKeys.holder(key));
    if (other !== undefined && other !== null && other !== job.id) {
      const found = await this.#parts.reader.find(other);
      if (found !== undefined && ['waiting', 'parked', 'active'].includes(found.state)) {
        throw new ValidationError(
          `The job ${job.id} cannot be retried: ${other} is already doing the same work.`,
          {
            code: 'JOB_STATE',
            account: job.data.accountId,
            operation: job.name,
            remedy: `Wait for ${other}, or cancel it first.`,
          },
        );
      }
    }
    await retriedKeys.hold(key, job.id!);
  }

  /** The job as it is now; while its run here is leaving, as it is then. */
  async #look(jobId: string) {
    const found = await this.#parts.reader.find(jobId);
    const run = this.#parts.worker()?.runs.get(jobId);
    if (!run?.isLeaving) return found;
    await atMost(leavingMs, run.left);
    return this.#parts.reader.find(jobId);
  }

  async #find(jobId: string, allowed: readonly JobState[], verb: string) {
    const found = await this.#look(jobId);
    const state = found?.state ?? (await this.#parts.cancelled.get(jobId))?.state;
    if (state === undefined) throw noSuchJob(jobId);
    if (found === undefined || !allowed.includes(state)) {
      throw new ValidationError(`The job ${jobId} is ${state}; it cannot be ${verb}.`, {
        code: 'JOB_STATE',
        field: 'jobId',
        remedy: `Only a job that is ${allowed.join(' or ')} can be ${verb}.`,
      });
    }
    return found;
  }
}

/** Its turn was reckoned by its old priority: it asks again. What waits for a host, or for a time, waits on. */
async function goOn(queue: BullQueue, { job, state }: { job: BullJob; state: JobState }): Promise<void> {
  const note = readNote(job.failedReason);
  const parkedFor = note !== undefined && 'parked' in note ? note.parked.for : undefined;
  const asksAgain = parkedFor === 'rate' || parkedFor === 'attempt' || parkedFor === 'account';
  if (state === 'parked' && asksAgain) await promote(queue, job.id!);
}

/** Without its clockwork a schedule would stand still and look as if it went. */
function refuseClockwork({ id, data }: BullJob): void {
  if (data.schedule === undefined) return;
  throw new ValidationError(
    `${id} is the next run of the schedule "${data.schedule}"; it cannot be cancelled alone.`,
    {
      code: 'JOB_STATE',
      field: 'jobId',
      account: data.accountId,
      remedy: 'Remove the schedule, or pause its account for a while.',
    },
  );
}
