import { ConfigurationError } from '@fluxori/core';

/** Whether a backend is open; every port asks before it works. */
export class Lifetime {
  readonly #url: string;
  #closing: Promise<void> | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  get ended(): boolean {
    return this.#closing !== undefined;
  }

  /** @throws ConfigurationError with code `BACKEND_UNAVAILABLE` once closing has begun. */
  check(): void {
    if (this.#closing !== undefined) throw this.endedError();
  }

  endedError(): ConfigurationError {
    return new ConfigurationError(`The backend ${this.#url} is closed.`, {
      code: 'BACKEND_UNAVAILABLE',
      remedy: 'Open it again with openBackend, and close it only after everything that uses it.',
    });
  }

  /** Runs `work` the first time; every caller gets that one end. */
  end(work: () => Promise<void>): Promise<void> {
    this.#closing ??= work();
    return this.#closing;
  }
}
