import type { Clock, Logger } from '@fluxori/core';
import type { JobNote } from '../job/job-note.js';
import type { Wakes } from '../wake/wakes.js';
import type { JobRun } from './job-run.js';

interface Parts {
  readonly wakes: Wakes;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How a run lies down so that it can be woken, and gets up again. A store that does not answer costs the wake, never the job: it has its time. */
export class Wakefulness {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The run begins: what woke it, or might have, is in its past. */
  async rise(run: JobRun, note: JobNote | undefined): Promise<void> {
    const wakeOn = note !== undefined && 'parked' in note ? note.parked.wakeOn : undefined;
    if (wakeOn === undefined) return;
    const { wakes } = this.#parts;
    await this.#attempt(run, async () => {
      await wakes.leave(run.accountId, wakeOn, run.jobId);
      run.marksSeen = await wakes.seen(run.accountId, wakeOn);
    });
  }

  /** Before the job goes into the delayed set. */
  async lieDown(run: JobRun, wakeOn: readonly string[], until: number, priority: number): Promise<void> {
    const { wakes, clock } = this.#parts;
    const sleeper = { jobId: run.jobId, priority };
    await this.#attempt(run, () => wakes.enter(run.accountId, wakeOn, sleeper, until - clock.now()));
  }

  /** After it is in there: whether a wake came on the way. */
  async isCalled(run: JobRun, wakeOn: readonly string[]): Promise<boolean> {
    const { wakes } = this.#parts;
    return (await this.#attempt(run, () => wakes.missed(run.accountId, wakeOn, run.marksSeen))) ?? false;
  }

  async #attempt<T>(run: JobRun, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'unknown';
      const fields = { jobId: run.jobId, account: run.accountId, problem };
      this.#parts.logger.warn(
        fields,
        'The job may miss a wake; it goes on by itself when its time has come.',
      );
      return undefined;
    }
  }
}
