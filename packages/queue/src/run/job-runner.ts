import { setImmediate as turn } from 'node:timers/promises';
import { storableJson } from '@fluxori/backend';
import {
  type Clock,
  type JsonValue,
  type Logger,
  type Metrics,
  noMetrics,
  noTracing,
  type Random,
  type Tracing,
} from '@fluxori/core';
import { WaitingError } from 'bullmq';
import type { Admission, Hold } from '../control/admission.js';
import { describeJob, priorityOf } from '../job/describe-job.js';
import type { JobDefinition } from '../job/job-definition.js';
import { bareOf, type JobNote, readNote } from '../job/job-note.js';
import { unpackJob } from '../job/stored-job.js';
import { unknownJob } from '../job/unknown-job.js';
import { metricNames } from '../metric-names.js';
import { outcomeOf } from '../outcome/outcome.js';
import type { BullJob, BullQueue } from '../queue/bull-types.js';
import type { CancelledJobs } from '../queue/cancelled-jobs.js';
import type { HostGate } from '../queue/host-gate.js';
import type { JobEvents } from '../queue/job-events.js';
import { promoteAll } from '../queue/promote.js';
import { orderTtlMs, type RunOrders } from '../queue/run-orders.js';
import { chargeStall } from '../recovery/charge-stall.js';
import { noteBegun } from '../recovery/recover-orphans.js';
import type { Wakes } from '../wake/wakes.js';
import { applyOutcome, endCancelled, giveBack } from './apply-outcome.js';
import type { Checkpoints } from './checkpoints.js';
import { createContext } from './create-context.js';
import { JobRun } from './job-run.js';
import { type Park, Parking } from './parking.js';
import { ProgressWriter } from './progress-writer.js';
import { startDelayMs } from './start-delay.js';
import { traceRun } from './trace-run.js';
import { Turns } from './turns.js';
import { Wakefulness } from './wakefulness.js';

export interface RunnerParts {
  readonly section: string;
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly queue: BullQueue;
  readonly checkpoints: Checkpoints;
  readonly wakes: Wakes;
  readonly gate: HostGate;
  readonly cancelled: CancelledJobs;
  readonly orders: RunOrders;
  readonly events: JobEvents;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly clock: Clock;
  readonly random: Random;
  readonly admission: Admission;
  /** What a schedule's clockwork does when its time has come. */
  readonly tick: (job: BullJob) => Promise<JsonValue>;
  /** Deaths of the process at the same point after which a job is failed. */
  readonly maxCrashes: number;
  /** For so long after its lock was last confirmed a run has its job for itself. Milliseconds. */
  readonly leaseMs: number;
  /** How long the checkpoint of a failed job is kept, so that `retry` goes on from it. Milliseconds. */
  readonly keepFailedMs: number;
  /** The job no longer waits for a token. */
  readonly forgetWaiter: (jobId: string) => void;
}

/** Runs jobs for a worker: from BullMQ's job to the handler, and from the handler's end back to BullMQ. */
export class JobRunner {
  readonly #parts: RunnerParts;
  readonly #runs = new Map<string, JobRun>();
  readonly #checkpointed = new Set<string>();
  readonly #turns = new Turns();
  readonly #givenBack = new Set<Promise<unknown>>();
  readonly #wakefulness: Wakefulness;
  readonly #parking: Parking;
  #closing = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#wakefulness = new Wakefulness(parts);
    this.#parking = new Parking({ ...parts, wakefulness: this.#wakefulness });
  }

  get runs(): ReadonlyMap<string, JobRun> {
    return this.#runs;
  }

  /** From now on, jobs that a worker still takes go straight back, and running ones leave at their next checkpoint. */
  stopTaking(): void {
    this.#closing = true;
  }

  /** Waits until the jobs that came too late are back in the queue. */
  async whenGivenBack(): Promise<void> {
    await Promise.allSettled(this.#givenBack);
  }

  /** Whether the job that just ended has left a checkpoint. Says so once. */
  takeCheckpointed(jobId: string): boolean {
    return this.#checkpointed.delete(jobId);
  }

  /** BullMQ's processor. Returns the result, or throws what tells BullMQ that the job was moved or failed. */
  async process(job: BullJob, token: string): Promise<unknown> {
    const { queue, gate, admission, leaseMs } = this.#parts;
    const jobId = job.id!;
    await this.#turns.next(job.priority);
    if (this.#closing) return this.#refuse(giveBack(queue, jobId, token));
    const before = this.#runs.get(jobId);
    if (before !== undefined) return this.#startOver(before, token);
    gate.forget(jobId);
    this.#checkpointed.delete(jobId);
    const note = readNote(job.failedReason);
    const hostTries = note !== undefined && 'parked' in note ? note.parked.tries : 0;
    const run = new JobRun(jobId, job.data.accountId, token, priorityOf(job.priority), hostTries, leaseMs);
    const hold = admission.enter(job);
    if (hold !== undefined) return this.#refuse(this.#hold(job, run, hold));
    this.#runs.set(jobId, run);
    try {
      return await this.#run(job, run, note);
    } finally {
      this.#runs.delete(jobId);
      if (run.checkpointed) this.#checkpointed.add(jobId);
      run.leave();
      this.#refuse(promoteAll(queue, admission.leave(job)).catch(() => {}));
    }
  }

  #run(job: BullJob, run: JobRun, note: JobNote | undefined): Promise<JsonValue | undefined> {
    const { tracing, section } = this.#parts;
    const end = (error: unknown) => this.#end(job, run, error);
    if (tracing === noTracing) return this.#work(job, run, note).catch(end);
    return traceRun(tracing, { section, job, run }, () => this.#work(job, run, note), end);
  }

  /**
   * The queue took this process for dead and gives out anew what is running here: the machine slept, or its clock was set forward, for
   * longer than a lock lives. The old run can no longer end the job; two at the same time would do its work twice.
   */
  async #startOver(before: JobRun, token: string): Promise<never> {
    const { queue, logger } = this.#parts;
    // One that is leaving may have been parked for so short a time, or woken so soon, that it is here again before the store's answer.
    if (!before.isLeaving) {
      const { jobId } = before;
      logger.warn({ jobId }, 'The queue gave the job out again while it was running; it starts over.');
      before.stop('lost');
    }
    await before.left;
    // BullMQ keeps one lock for each job id and lets go of it as the old run ends, so the job must be taken once more.
    await turn();
    return giveBack(queue, before.jobId, token);
  }

  /** Something that must be over before the worker closes. */
  #refuse<T>(work: Promise<T>): Promise<T> {
    this.#givenBack.add(work);
    const over = () => this.#givenBack.delete(work);
    work.then(over, over);
    return work;
  }

  /** Parks a job at the door. */
  async #hold(job: BullJob, run: JobRun, hold: Hold): Promise<never> {
    const { admission, logger } = this.#parts;
    const isOver = () =>
      admission.isOver(job, hold).catch((error: unknown) => {
        const problem = error instanceof Error ? error.message : 'unknown';
        const fields = { jobId: run.jobId, account: run.accountId, problem };
        logger.warn(
          fields,
          'Whether the job is still to be held could not be looked up; it is within minutes.',
        );
        return false;
      });
    return this.#park(job, run, { kind: 'park', tries: 0, usesAttempt: false, ...hold }, isOver);
  }

  #park(job: BullJob, run: JobRun, park: Park, isOver?: () => Promise<boolean>): Promise<never> {
    const hasRun = job.attemptsStarted > 1 || this.#runs.has(run.jobId);
    const { orders, clock } = this.#parts;
    // An order to cancel that found the run still going, and would have lapsed before the next one.
    const isLong = park.until - clock.now() > orderTtlMs / 2;
    const look = isOver ?? (isLong ? () => orders.hasCancel(run.jobId).catch(() => false) : undefined);
    return this.#parking.park(job, run, park, look === undefined ? { hasRun } : { hasRun, isOver: look });
  }

  async #work(job: BullJob, run: JobRun, note: JobNote | undefined): Promise<JsonValue | undefined> {
    const { section, definitions, checkpoints, events, metrics, clock } = this.#parts;
    const definition = definitions.get(job.name);
    if (definition === undefined) throw unknownJob(job.name, definitions.keys());
    if (job.data.schedule !== undefined) return this.#parts.tick(job);
    const payload = unpackJob(definition, job.data);
    const { accountId } = job.data;
    await chargeStall(job, this.#parts);
    // A job that never ran has no checkpoint, nor one that parked without and was not started in between: that saves the question.
    const resumed = job.attemptsStarted > 1;
    const bare = !resumed || bareOf(note) === job.attemptsStarted - 1;
    const state = bare ? undefined : await checkpoints.read(accountId, run.jobId);
    run.checkpointed = state !== undefined;
    if (resumed) await this.#obey(run);
    await this.#wakefulness.rise(run, note);
    const progress = new ProgressWriter((value) => job.updateProgress({ ...value }), clock);
    const logger = this.#parts.logger.child({ jobId: run.jobId, job: job.name, account: accountId });
    const about = { jobId: run.jobId, name: job.name, section, accountId };
    events.emit('active', { ...about, attempt: job.attemptsMade + 1 });
    await noteBegun(job);
    // Who is to stop by now does not begin: a handler may wait for its signal to be aborted, and this one is already.
    run.signal.throwIfAborted();
    const startedAt = clock.now();
    this.#measureStart(job, run, note, startedAt);
    if (resumed) logger.debug({ attempt: job.attemptsMade + 1 }, 'The job goes on.');
    else logger.info({ priority: run.priority }, 'The job begins.');
    try {
      const result = await definition.run(
        createContext(
          { run, accountId, payload, state, attempt: job.attemptsMade + 1, logger },
          {
            checkpoints,
            progress: (value) => {
              events.emit('progress', { ...about, progress: value });
              return progress.update(value);
            },
            leaving: () => this.#closing,
          },
        ),
      );
      const stored = result === undefined ? undefined : (JSON.parse(storableJson(result)) as JsonValue);
      const now = clock.now();
      logger.info({ durationMs: now - startedAt, sinceAddedMs: now - job.timestamp }, 'The job is done.');
      return stored;
    } finally {
      run.end();
      await progress.close();
      metrics.duration(metricNames.runDuration, clock.now() - startedAt, { section, job_name: job.name });
    }
  }

  #measureStart(job: BullJob, run: JobRun, note: JobNote | undefined, now: number): void {
    const { metrics, section } = this.#parts;
    if (metrics === noMetrics) return;
    const delayMs = startDelayMs(job, note, now);
    if (delayMs === undefined) return;
    metrics.duration(metricNames.startDelay, delayMs, { section, priority: run.priority });
  }

  /** An order that came when the last run was just ending found nobody. */
  async #obey(run: JobRun): Promise<void> {
    const order = await this.#parts.orders.takeFor(run.jobId);
    if (order?.priority !== undefined) run.priority = order.priority;
    if (order?.cancel) run.stop('cancelled');
    run.signal.throwIfAborted();
  }

  /** Decides what becomes of a run that did not complete. Always throws what BullMQ understands. */
  async #end(job: BullJob, run: JobRun, error: unknown): Promise<never> {
    const { queue, clock, random, gate, section, definitions, cancelled } = this.#parts;
    const stopped = run.settle();
    if (stopped === 'lost') throw new WaitingError();
    if (stopped === 'cancelled') {
      const view = describeJob(job, 'cancelled', section, definitions.get(job.name));
      await cancelled.add(view, new Date(clock.now()));
      return endCancelled(job);
    }
    if (stopped === 'paused') {
      const hold = this.#parts.admission.ofPause(job.data.accountId);
      if (hold !== undefined) return this.#hold(job, run, hold);
    }
    if (stopped === 'closing' || stopped === 'paused') return giveBack(queue, run.jobId, run.token);
    const outcome = outcomeOf(error, {
      now: clock.now(),
      attemptsMade: job.attemptsMade,
      maxAttempts: job.opts.attempts ?? 1,
      tries: run.hostTries,
      waitingForHost: (host) => gate.waiting(host),
      random,
    });
    if (outcome.kind === 'park') return this.#park(job, run, outcome);
    if (run.checkpointed) await this.#keepCheckpoint(run);
    return applyOutcome(queue, job, run.token, outcome);
  }

  /** Before the job has failed: from then on somebody may retry it, or have it forgotten. */
  async #keepCheckpoint({ accountId, jobId }: JobRun): Promise<void> {
    const { checkpoints, keepFailedMs, logger } = this.#parts;
    await checkpoints.keepFor(accountId, jobId, keepFailedMs).catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : 'unknown';
      const fields = { jobId, account: accountId, problem };
      logger.warn(fields, 'The checkpoint of a failed job could not be given an end; it stays where it is.');
    });
  }
}
