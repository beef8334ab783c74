import { type Clock, type Logger, NetworkError, sleep } from '@fluxori/core';
import { AbsenceNews } from '../life/absence-news.js';
import { explainAbsence } from './explain-absence.js';
import { reasonOf, troubleOf } from './postgres-errors.js';

export interface ReachOptions {
  /** What it is called in messages, e.g. `PostgreSQL db.example.com:5432`. */
  readonly name: string;
  readonly host: string;
  readonly patienceMs: number;
  /** Asks it something small on a new connection, or writes something; rejects while it is away, or has no room. */
  readonly probe: (asked: { writes: boolean }) => Promise<void>;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface Absence {
  /** What tells of it. */
  readonly cause: unknown;
  readonly since: Date;
  readonly reason: string;
}

const shortestPauseMs = 50;
/** Room is made by people. */
const fullPauseMs = 1_000;
const longestPauseMs = 1_000;

/**
 * Whether the database can be reached. One prober for the whole process asks while it cannot, so that a thousand callers who wait for it
 * are one connection a second to a server that is just starting; and its going and coming are told once each.
 */
export class Reach {
  readonly #options: ReachOptions;
  readonly #ended = new AbortController();
  readonly #news: AbsenceNews;
  #looking: Promise<void> | undefined;
  #absence: (Absence & { readonly startedAt: number }) | undefined;

  constructor(options: ReachOptions) {
    this.#options = options;
    this.#news = new AbsenceNews(options.name, options.host, options.logger);
  }

  /** Set from the moment that a second look has failed too, until it is back. */
  get absence(): Absence | undefined {
    return this.#absence;
  }

  /** A statement failed in a way that tells of absence; whoever is told so may wait with `untilBack`. */
  missed(error: unknown): void {
    this.#looking ??= this.#look(error).finally(() => {
      this.#looking = undefined;
    });
  }

  /**
   * Fulfils when it is there again (at once, when it is).
   *
   * @param startedAt - `performance.now()` when the call that waits began: its patience runs from then.
   * @throws NetworkError with code `BACKEND_UNAVAILABLE` when patience is over; the signal's reason when aborted.
   */
  async untilBack(startedAt: number, cause: unknown, signal?: AbortSignal): Promise<void> {
    const leftMs = this.#options.patienceMs - (performance.now() - startedAt);
    if (leftMs <= 0) throw this.#unavailable(cause);
    if (this.#looking === undefined) return;
    const done = new AbortController();
    const stop = AbortSignal.any([done.signal, this.#ended.signal, ...(signal ? [signal] : [])]);
    try {
      const late = sleep(leftMs, stop).then(() => {
        throw this.#unavailable(cause);
      });
      await Promise.race([this.#looking, late]);
    } finally {
      done.abort();
    }
  }

  /** Ends the waits. */
  close(reason: Error): void {
    this.#news.close();
    this.#ended.abort(reason);
  }

  async #look(error: unknown): Promise<void> {
    const startedAt = performance.now();
    let reason = error;
    // What it says of itself needs no second look.
    const writes = troubleOf(error) === 'full';
    if (writes) {
      this.#away(error, startedAt);
      await sleep(fullPauseMs, this.#ended.signal).catch(() => {});
    }
    for (let round = 0; !this.#ended.signal.aborted; round++) {
      try {
        await this.#options.probe({ writes });
        this.#back();
        return;
      } catch (again) {
        reason = again;
      }
      this.#away(reason, startedAt);
      const pauseMs = Math.min(shortestPauseMs * 2 ** round, longestPauseMs);
      await sleep(pauseMs * (0.75 + Math.random() / 2), this.#ended.signal).catch(() => {});
    }
  }

  #away(error: unknown, startedAt: number): void {
    if (this.#absence !== undefined || this.#ended.signal.aborted) return;
    const reason = reasonOf(error);
    this.#absence = { cause: error, since: new Date(this.#options.clock.now()), reason, startedAt };
    this.#news.away(reason);
  }

  #back(): void {
    const absence = this.#absence;
    if (absence === undefined) return;
    this.#absence = undefined;
    this.#news.back(performance.now() - absence.startedAt);
  }

  #unavailable(cause: unknown): NetworkError {
    const { name, host, patienceMs } = this.#options;
    const { answered, what, remedy } = explainAbsence(cause);
    return new NetworkError(
      answered
        ? `${name} ${what}, for longer than a call waits (${patienceMs / 1000} s).`
        : `${name} has been away for longer than a call waits (${patienceMs / 1000} s): ${reasonOf(cause)}.`,
      {
        code: 'BACKEND_UNAVAILABLE',
        host,
        outcome: 'unknown',
        remedy,
        cause,
      },
    );
  }
}
