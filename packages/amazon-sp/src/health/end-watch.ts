import type { Clock, Logger } from '@fluxori/core';
import type { AmazonSpConfig } from '../config.js';
import { type CredentialEnd, credentialEnds } from './credential-ends.js';

export interface EndWatchOptions {
  readonly config: AmazonSpConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs `work` every so many milliseconds without keeping the process alive; gives a function that ends it. */
  readonly every?: (ms: number, work: () => void) => () => void;
}

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

/**
 * Tells ahead, when the connector begins and once a day as long as it works, that the client secret or the seller's authorisation ends.
 * It looks every hour, since a machine that slept knows nothing of days.
 */
export class EndWatch {
  readonly #options: EndWatchOptions;
  #stop: (() => void) | undefined;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: EndWatchOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#stop !== undefined) return;
    this.#look();
    this.#stop = (this.#options.every ?? every)(hourMs, () => this.#look());
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #look(): void {
    const now = this.#options.clock.now();
    if (now - this.#toldAtMs < dayMs) return;
    const due = credentialEnds(this.#options.config, now).filter(({ stage }) => stage !== 'far');
    if (due.length === 0) return;
    this.#toldAtMs = now;
    for (const end of due) this.#tell(end);
  }

  #tell({ kind, expiresAt, daysLeft, stage, message, remedy }: CredentialEnd): void {
    const facts = { credential: kind, expiresAt: expiresAt.toISOString(), daysLeft };
    const text = `${message} ${remedy}`;
    if (stage === 'soon') this.#options.logger.warn(facts, text);
    else this.#options.logger.error(facts, text);
  }
}

function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms);
  timer.unref();
  return () => clearInterval(timer);
}
