import { type CircuitOpenError, type Clock, isErrorOf, type NetworkError, systemClock } from '@fluxori/core';
import type { JobContext, Progress } from '@fluxori/queue';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';

export interface WaitOrder {
  readonly until: Date;
  /** For people: what it waits for. */
  readonly reason: string;
  /** Names of events that end the wait early, e.g. `report:<id>`. */
  readonly wakeOn?: string | readonly string[];
}

/** What a workflow may ask of whoever runs it. */
export interface Terms {
  readonly signal: AbortSignal;
  /**
   * Makes a call to Amazon on the terms of the job, or of the caller.
   *
   * @param options.repeatable - the call only reads, or doing it twice does no harm: run directly, it is tried again when its answer was lost.
   */
  call<T>(work: (terms: SpCallOptions) => Promise<T>, options?: { repeatable?: boolean }): Promise<T>;
  /** In a job it parks: the run ends here and begins again at the recorded step. Run directly, it sleeps. */
  wait(order: WaitOrder): Promise<void>;
  progress(progress: Progress): Promise<void>;
}

/** The terms of a job: its calls, its signal; waits park it. What fails is the queue's to handle. */
export function jobTerms(ctx: Pick<JobContext, 'signal' | 'call' | 'park' | 'progress'>): Terms {
  return {
    signal: ctx.signal,
    call: (work) => ctx.call(work),
    wait: async (order) => ctx.park(order),
    progress: (progress) => ctx.progress(progress),
  };
}

export interface DirectTermsOptions extends SpCallOptions {
  readonly clock?: Clock;
  readonly onProgress?: (progress: Progress) => void;
  /** For how long a host that cannot be reached is tried again, in milliseconds; 600,000 by default. */
  readonly patienceMs?: number;
}

const patience = { totalMs: 600_000, firstPauseMs: 1_000, longestPauseMs: 30_000 };

/** The terms of a call outside of any job: it waits by sleeping, and rides out an outage as long as its patience lasts. */
export function directTerms(options: DirectTermsOptions = {}): Terms {
  const { clock = systemClock, patienceMs = patience.totalMs, onProgress } = options;
  const signal = options.signal ?? new AbortController().signal;
  const terms = { ...callOptions(options), signal };
  return {
    signal,
    async call(work, { repeatable = false } = {}) {
      const endMs = clock.now() + patienceMs;
      for (let pauseMs = patience.firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, patience.longestPauseMs)) {
        try {
          signal.throwIfAborted();
          return await work(terms);
        } catch (error) {
          if (signal.aborted || !isOutage(error) || !(repeatable || isNotSent(error))) throw error;
          const untilMs = Math.max(clock.now() + pauseMs, retryAtMs(error));
          if (untilMs > endMs) throw error;
          await clock.sleep(untilMs - clock.now(), signal);
        }
      }
    },
    async wait({ until }) {
      await clock.sleep(Math.max(0, until.getTime() - clock.now()), signal);
    },
    async progress(progress) {
      onProgress?.(progress);
    },
  };
}

function isOutage(error: unknown): error is NetworkError | CircuitOpenError {
  return isErrorOf(error, 'NetworkError') || isErrorOf(error, 'CircuitOpenError');
}

function isNotSent(error: NetworkError | CircuitOpenError): boolean {
  return (
    isErrorOf(error, 'CircuitOpenError') || (isErrorOf(error, 'NetworkError') && error.outcome === 'not-sent')
  );
}

function retryAtMs(error: NetworkError | CircuitOpenError): number {
  return isErrorOf(error, 'CircuitOpenError') ? error.retryAt.getTime() : 0;
}
