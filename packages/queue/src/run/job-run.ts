import type { Priority } from '@fluxori/core';

/** Why a run was told to stop. */
export type StopCause = 'cancelled' | 'closing' | 'lost';

const stopMessages: Readonly<Record<StopCause, string>> = {
  cancelled: 'The job was cancelled.',
  closing: 'The process is stopping; the job goes back to the queue and goes on from its last checkpoint.',
  lost: 'Another process has taken this job over.',
};

/** One run of a job, from the moment a worker took it until it left. */
export class JobRun {
  readonly jobId: string;
  readonly token: string;
  priority: Priority;
  /** Runs in a row that a host ended; a call that succeeds sets it back. */
  hostTries: number;
  /** A checkpoint of the job is kept. */
  checkpointed = false;
  /** Settles when the run has left this process, whatever became of it. */
  readonly left: Promise<void>;
  readonly #controller = new AbortController();
  #stopped: StopCause | undefined;
  #leave: () => void = () => {};

  constructor(jobId: string, token: string, priority: Priority, hostTries: number) {
    this.jobId = jobId;
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

  /** Aborts the run's signal. The first cause stays, except that a job that was lost is no longer ours to cancel or to give back. */
  stop(cause: StopCause): void {
    if (this.#stopped === undefined || cause === 'lost') this.#stopped = cause;
    this.#controller.abort(new DOMException(stopMessages[cause], 'AbortError'));
  }

  /** The handler has ended. What it left behind (a call beside the one that failed) must neither send nor write for a job that moves on. */
  end(): void {
    this.#controller.abort(new DOMException('The run of this job is over.', 'AbortError'));
  }

  leave(): void {
    this.#leave();
  }
}
