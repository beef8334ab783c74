import { type Clock, isErrorOf, type Random } from '@fluxori/core';
import { mayPass } from '@fluxori/network';
import { refusalOf } from './storage-refusal.js';

export interface PatienceOptions {
  /** So long it goes on without a byte of progress, in milliseconds. */
  readonly patienceMs: number;
  /** So many failures in all, whatever moved between them. */
  readonly maxFailures: number;
  readonly clock: Clock;
  readonly random: Random;
}

const baseMs = 250;
const capMs = 10_000;

/** How often, and after which pauses, a transfer that failed is tried again. Progress restores it, up to a number of failures in all. */
export class Patience {
  readonly #options: PatienceOptions;
  /** When it moved last, or began. */
  #movedAt: number;
  #failuresInRow = 0;
  failures = 0;

  constructor(options: PatienceOptions) {
    this.#options = options;
    this.#movedAt = options.clock.now();
  }

  /** Something moved. */
  moved(): void {
    this.#failuresInRow = 0;
    this.#movedAt = this.#options.clock.now();
  }

  /** Time passed that says nothing about the line. */
  restart(): void {
    this.#movedAt = this.#options.clock.now();
  }

  /**
   * Waits before the next attempt after an error.
   *
   * @returns false when there is to be none.
   * @throws the signal's reason when aborted.
   */
  async again(error: unknown, signal: AbortSignal | undefined): Promise<boolean> {
    if (!isPassing(error)) return false;
    const { clock } = this.#options;
    const hostMs = isErrorOf(error, 'CircuitOpenError') ? error.retryAt.getTime() - clock.now() : 0;
    return this.pause(signal, Math.max(hostMs, 0));
  }

  /**
   * Waits before the next attempt after one that brought nothing.
   *
   * @param atLeastMs - the pause is longer than this.
   * @returns false when there is to be none.
   * @throws the signal's reason when aborted.
   */
  async pause(signal: AbortSignal | undefined, atLeastMs = 0): Promise<boolean> {
    const { clock, random, patienceMs, maxFailures } = this.#options;
    this.failures += 1;
    this.#failuresInRow += 1;
    if (this.failures > maxFailures) return false;
    const ceiling = Math.min(capMs, baseMs * 2 ** (this.#failuresInRow - 1));
    const pauseMs = atLeastMs + Math.floor(random() * ceiling);
    if (clock.now() + pauseMs - this.#movedAt > patienceMs) return false;
    await clock.sleep(pauseMs, signal);
    return true;
  }
}

/** Whether the same request may go through a moment later. */
export function isPassing(error: unknown): boolean {
  if (isErrorOf(error, 'CircuitOpenError')) return true;
  if (isErrorOf(error, 'NetworkError')) return mayPass(error);
  return refusalOf(error) === 'passing';
}
