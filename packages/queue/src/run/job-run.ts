import type { AccountId, Priority } from '@fluxori/core';
import type { SeenMarks } from '../wake/wakes.js';

/** Why a run was told to stop. */
export type StopCause = 'cancelled' | 'closing' | 'paused' | 'lost';

const stopMessages: Readonly<Record<StopCause, string>> = {
  cancelled: 'The job was cancelled.',
  closing: 'The process is stopping; the job goes back to the queue and goes on from its last checkpoint.',
  paused: 'An operator paused this work; the job goes on from its last checkpoint when it is resumed.',
  lost: 'Another process has taken this job over, or may have: its lock could not be kept.',
};

/** A job that was lost is no longer ours to end; one that is cancelled does not leave to go on later. */
const weights: Readonly<Record<StopCause, number>> = { closing: 0, paused: 0, cancelled: 1, lost: 2 };

/** One run of a job, from the moment a worker took it until it left. */
export class JobRun {
  readonly jobId: string;
  readonly accountId: AccountId;
  readonly token: string;
  priority: Priority;
  /** Runs in a row that a host ended; a call that succeeds sets it back. */
  hostTries: number;
  /** A checkpoint of the job is kept. Undefined until that was looked up. */
  checkpointed: boolean | undefined;
  /** At its next checkpoint the run stops, for this cause. */
  leaveAtCheckpoint: StopCause | undefined;
  /** The wakes that came before this run, by key: it looks at what they told. */
  marksSeen: SeenMarks = new Map();
  /** Settles when the run has left this process, whatever became of it. */
  readonly left: Promise<void>;
  readonly #controller = new AbortController();
  readonly #leaseMs: number;
  #confirmed = instant();
  #stopped: StopCause | undefined;
  #settled = false;
  #leave: () => void = () => {};

  /** @param leaseMs - for so long after the lock was last confirmed nobody else can have been given the job. */
  constructor(
    jobId: string,
    accountId: AccountId,
    token: string,
    priority: Priority,
    hostTries: number,
    leaseMs = Number.POSITIVE_INFINITY,
  ) {
    this.#leaseMs = leaseMs;
    this.jobId = jobId;
    this.accountId = accountId;
    this.token = token;
    this.priority = priority;
    this.hostTries = hostTries;
    this.left = new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get stopped(): StopCause | undefined {
    return this.#stopped;
  }

  /** The handler has left, and what becomes of the job is decided: nothing that the run is told changes it any more. */
  get isLeaving(): boolean {
    return this.#settled;
  }

  /**
   * Aborts the run's signal. The first cause stays, until one comes that weighs more.
   * @returns whether the run ends for this cause.
   */
  stop(cause: StopCause): boolean {
    if (this.#settled) return false;
    if (this.#stopped === undefined || weights[cause] > weights[this.#stopped]) this.#stopped = cause;
    this.#controller.abort(new DOMException(stopMessages[cause], 'AbortError'));
    return this.#stopped === cause;
  }

  /** From now on it is leaving. @returns why it was told to stop, if it was. */
  settle(): StopCause | undefined {
    this.#settled = true;
    return this.#stopped;
  }

  /** The lock was renewed by a command that was sent at `at`. */
  confirm(at: Instant): void {
    this.#confirmed = at;
  }

  /**
   * Stops the run when its lock may have run out unnoticed: the store has been away, or the process was asleep. From then on another
   * process may have the job, and what this one wrote would overwrite what that one has written.
   * @returns whether it is stopped.
   */
  stopIfOverdue(): boolean {
    if (this.#stopped === 'lost') return true;
    if (this.#settled || elapsedMs(this.#confirmed) < this.#leaseMs) return false;
    this.stop('lost');
    return true;
  }

  /** The handler has ended. What it left behind (a call beside the one that failed) must neither send nor write for a job that moves on. */
  end(): void {
    this.#controller.abort(new DOMException('The run of this job is over.', 'AbortError'));
  }

  leave(): void {
    this.#leave();
  }
}

/** A moment by both clocks: one stands still while the machine sleeps, the other can be set. */
export interface Instant {
  readonly steady: number;
  readonly wall: number;
}

export function instant(): Instant {
  return { steady: performance.now(), wall: Date.now() };
}

/** By the clock that says more. */
function elapsedMs(since: Instant): number {
  return Math.max(performance.now() - since.steady, Date.now() - since.wall);
}
