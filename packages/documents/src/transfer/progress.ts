import type { Clock } from '@fluxori/core';

export type ProgressListener = (progress: { readonly bytes: number; readonly totalBytes?: number }) => void;

/** Not more often than a person looks. */
const everyMs = 250;

/** Tells how far a transfer is: now and then, and at the end. */
export class Progress {
  readonly #listener: ProgressListener | undefined;
  readonly #clock: Clock;
  #told = -1;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(listener: ProgressListener | undefined, clock: Clock) {
    this.#listener = listener;
    this.#clock = clock;
  }

  tell(bytes: number, totalBytes: number | undefined): void {
    if (this.#listener === undefined || bytes === this.#told) return;
    const now = this.#clock.now();
    if (bytes !== totalBytes && now - this.#toldAt < everyMs) return;
    this.#told = bytes;
    this.#toldAt = now;
    this.#listener({ bytes, ...(totalBytes !== undefined && { totalBytes }) });
  }
}
