import type { Logger, Metrics } from '@fluxori/core';
import { DelayedError } from 'bullmq';
import { metricNames } from '../metric-names.js';
import type { Outcome } from '../outcome/outcome.js';
import type { BullJob, BullQueue } from '../queue/bull-types.js';
import type { HostGate } from '../queue/host-gate.js';
import type { JobEvents } from '../queue/job-events.js';
import { promote } from '../queue/promote.js';
import { applyOutcome } from './apply-outcome.js';
import type { JobRun } from './job-run.js';
import type { Wakefulness } from './wakefulness.js';

export type Park = Extract<Outcome, { kind: 'park' }>;

interface Parts {
  readonly section: string;
  readonly queue: BullQueue;
  readonly gate: HostGate;
  readonly events: JobEvents;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly wakefulness: Wakefulness;
  /** The job no longer waits for a token. */
  readonly forgetWaiter: (jobId: string) => void;
}

interface ParkTerms {
  /** The job has run before, and may have a place at the bucket. */
  readonly hasRun: boolean;
  /** Whether what it is held for at the door was over while it was being parked, or it is to go on for another reason. */
  readonly isOver?: () => Promise<boolean>;
}

/**
 * Parks a job. What it waits for may happen while it is on its way there, when whoever tells of it cannot find it yet: so it is looked for
 * once more when the job is parked, and only then is it told that it is. Whoever hears that finds the job.
 */
export class Parking {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Always throws: what tells BullMQ that the job was moved, or why it could not be. */
  async park(job: BullJob, run: JobRun, park: Park, terms: ParkTerms): Promise<never> {
    const { queue, gate, wakefulness, forgetWaiter } = this.#parts;
    const { host, until, parkedFor, wakeOn = [] } = park;
    // Only who waits for a token keeps a place at the bucket.
    if (parkedFor !== 'rate' && terms.hasRun) forgetWaiter(run.jobId);
    const releases = host === undefined ? 0 : gate.park(host, run.jobId, run.priority);
    if (wakeOn.length > 0) await wakefulness.lieDown(run, wakeOn, until, job.priority);
    const bare = run.checkpointed === false ? job.attemptsStarted : undefined;
    try {
      return await applyOutcome(queue, job, run.token, park, bare);
    } catch (error) {
      if (error instanceof DelayedError) {
        const isReleased = () => host !== undefined && gate.missedRelease(host, releases);
        const isCalled = wakeOn.length > 0 && (await wakefulness.isCalled(run, wakeOn));
        const goesOn = isCalled || ((await terms.isOver?.()) ?? false);
        this.#tell(job, run, park);
        if (goesOn || isReleased()) await promote(queue, run.jobId);
      }
      throw error;
    }
  }

  #tell(job: BullJob, { jobId }: JobRun, { host, reason, until, parkedFor, wakeOn }: Park): void {
    const { section, events, logger, metrics } = this.#parts;
    const { name, data } = job;
    const { accountId } = data;
    const at = new Date(until);
    metrics.count(metricNames.parked, { section, job_name: name, reason: parkedFor });
    const fields = { jobId, job: name, account: accountId, until: at.toISOString(), reason };
    logger.debug(fields, 'The job is parked.');
    events.emit('parked', {
      ...{ jobId, name, section, accountId, until: at, reason },
      ...(host !== undefined && { host }),
      ...(wakeOn !== undefined && wakeOn.length > 0 && { wakeOn }),
    });
  }
}
