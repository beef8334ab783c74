import type { Clock, Locks } from '@fluxori/core';
import { metricNames } from '../metric-names.js';
import type { BullJob, BullWorker } from '../queue/bull-types.js';
import { atMost } from '../store/at-most.js';
import { isStoreTrouble } from '../store/store-trouble.js';
import type { ProcessIdentity } from './process-identity.js';
import { type OrphanParts, recoverOrphans } from './recover-orphans.js';
import type { WorkerRegister } from './worker-register.js';

interface Parts extends Omit<OrphanParts, 'isOrphan'> {
  readonly identity: ProcessIdentity;
  /** This worker, as its jobs are marked. */
  readonly workerName: string;
  /** Nobody but this process can be working on the backend's jobs. */
  readonly exclusive: boolean;
  readonly locks: Locks;
  /** The lock's name, the same for all workers of the queue. */
  readonly lockName: string;
  readonly register: WorkerRegister;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly worker: BullWorker;
  /** Whether this worker has the job in its hands. */
  readonly isHere: (jobId: string) => boolean;
}

const lookMs = 4_000;
/** Every so many looks the worker signs the register, and BullMQ's check for locks that ran out is made. */
const looksPerCheck = 4;
/** For so many looks after the store was away, jobs are looked for whose claim was lost on the way. */
const looksAfterTrouble = 12;
/** The end is not held up for longer by a store that is away. Whose name stays in the register is found dead by who looks next. */
const lastWordMs = 2_000;

/**
 * Brings back the jobs of processes that died. On a backend of its own a worker does so once, at its start. On a shared one, again and
 * again: of processes on the same machine, which provably live no more, at once; of others, when their locks have run out.
 * All that moves other workers' jobs happens under one lock, so that nobody takes back what another has just taken back and given out.
 */
export class RecoveryWatch {
  readonly #parts: Parts;
  readonly #stopping = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  #looksForLost = 0;
  #missing = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The first look; then, on a shared backend, one every few seconds. */
  async start(): Promise<void> {
    const { exclusive, identity } = this.#parts;
    if (exclusive) {
      await recoverOrphans({
        ...this.#parts,
        isOrphan: ({ processedBy }) => identity.lifeOf(processedBy) !== 'here',
      });
      return;
    }
    await this.#attempt(() => this.#sign());
    await this.#attempt(() => this.#takeBack((job) => identity.lifeOf(job.processedBy) === 'dead'));
    await this.#attempt(() => this.#checkLocks());
    if (!this.#stopping.signal.aborted) this.#watching = this.#watch();
  }

  /** The store was away: an answer may have been lost, and with it a job that the store believes to be here. */
  storeWasAway(): void {
    this.#looksForLost = looksAfterTrouble;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new DOMException('The worker stops.', 'AbortError'));
    const { exclusive, register, workerName } = this.#parts;
    await atMost(
      lastWordMs,
      this.#watching.then(() => (exclusive ? undefined : register.strike(workerName))),
    );
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    for (let look = 1; ; look++) {
      await this.#parts.clock.sleep(lookMs, signal).catch(() => {});
      if (signal.aborted) return;
      await this.#attempt(() => this.#lookForTheDead());
      if (this.#looksForLost > 0) await this.#attempt(() => this.#lookForTheLost());
      if (look % looksPerCheck !== 0) continue;
      await this.#attempt(() => this.#sign());
      await this.#attempt(() => this.#checkLocks());
    }
  }

  /** Cheap: one list of names, and nothing more while all live. */
  async #lookForTheDead(): Promise<void> {
    const { register, identity } = this.#parts;
    const dead = (await register.names()).filter((name) => identity.lifeOf(name) === 'dead');
    if (dead.length === 0) return;
    await this.#takeBack(({ processedBy }) => identity.lifeOf(processedBy) === 'dead');
    for (const name of dead) await register.strike(name);
  }

  /** A job that is marked with this worker's name, twice in the same run, and is not here, was lost on its way. */
  async #lookForTheLost(): Promise<void> {
    const { queue, workerName, isHere } = this.#parts;
    this.#looksForLost -= 1;
    const missing = (job: BullJob) => job.processedBy === workerName && !isHere(job.id!);
    const now = new Map<string, number>();
    for (const job of (await queue.getJobs(['active'])).filter(missing))
      now.set(job.id!, job.attemptsStarted);
    const lost = (job: BullJob) => missing(job) && this.#missing.get(job.id!) === job.attemptsStarted;
    if ([...now].some(([jobId, run]) => this.#missing.get(jobId) === run)) await this.#takeBack(lost, true);
    this.#missing = now;
  }

  #takeBack(isOrphan: (job: BullJob) => boolean, neverArrived = false): Promise<unknown> {
    return this.#locked(() => recoverOrphans({ ...this.#parts, isOrphan, neverArrived }));
  }

  /** BullMQ's two-step check: what was active without a lock at the last check, and still is, goes back to waiting. */
  #checkLocks(): Promise<unknown> {
    const { worker, logger, metrics, section } = this.#parts;
    return this.#locked(async () => {
      const jobs = await worker.getBackend().moveStalledJobsToWait();
      if (jobs.length === 0) return;
      metrics.count(metricNames.recovered, { section, cause: 'stalled' }, jobs.length);
      logger.warn(
        { jobs },
        'The processes that had these jobs gave no sign of life; they are taken up again.',
      );
    });
  }

  #sign(): Promise<void> {
    return this.#parts.register.sign(this.#parts.workerName, this.#parts.concurrency);
  }

  #locked(work: () => Promise<unknown>): Promise<unknown> {
    const { locks, lockName } = this.#parts;
    return locks.withLock(lockName, work, { ttlMs: 10_000, signal: this.#stopping.signal });
  }

  /** What fails now is done at the next look. */
  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#stopping.signal.aborted || isStoreTrouble(error)) return;
      const problem = error instanceof Error ? error.message : 'unknown';
      this.#parts.logger.warn(
        { problem },
        'Looking for jobs of processes that died did not succeed; it is tried again.',
      );
    }
  }
}
