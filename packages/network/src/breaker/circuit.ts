import type { Random } from '@fluxori/core';
import CircuitBreaker from 'opossum';

export interface CircuitOptions {
  /** So many failures in a row open the circuit, whatever went well before. */
  readonly failuresInRow: number;
  /** Over this share of failures in the window opens it, too. */
  readonly errorPercentage: number;
  /** Fewer requests in the window than this say nothing about the share. */
  readonly minimumRequests: number;
  readonly windowMs: number;
  /** While open, the host is looked at about so often, with a fifth of jitter either way. */
  readonly probeEveryMs: number;
}

export const defaultCircuit: CircuitOptions = {
  failuresInRow: 3,
  errorPercentage: 50,
  minimumRequests: 6,
  windowMs: 10_000,
  probeEveryMs: 1_000,
};

export type CircuitPosition = 'closed' | 'open' | 'half-open';

/** A host's circuit, for health. */
export interface CircuitState {
  readonly host: string;
  readonly state: CircuitPosition;
  /** When it came into this state. */
  readonly since: Date;
  /** Failures in a row. */
  readonly failures: number;
  /** When the host is looked at next; only while it is not closed. */
  readonly retryAt?: Date;
  /** What went wrong last. */
  readonly lastFailure?: string;
}

export interface CircuitParts {
  readonly host: string;
  readonly options: CircuitOptions;
  /** Looks whether the host is there; rejects when it is not. */
  readonly probe: () => Promise<void>;
  readonly random: Random;
  readonly now: () => number;
  readonly onChange: (state: CircuitState) => void;
}

/** Whether an attempt speaks for or against the host; nothing, when the caller gave up. */
export type Verdict = 'alive' | 'failed' | 'nothing';

/**
 * The circuit of one host, on opossum. It opens after a few failures in a row or when most requests fail. From then on opossum's half-open
 * turns belong to a background probe: a call never is the guinea pig, so no herd runs into a host that just came back to its knees.
 */
export class Circuit {
  readonly #parts: CircuitParts;
  readonly #breaker: CircuitBreaker<[() => Promise<void>], void>;
  readonly #breakerOptions: CircuitBreaker.Options<[() => Promise<void>]>;
  #since: number;
  #failures = 0;
  #retryAt = 0;
  #lastFailure: string | undefined;

  constructor(parts: CircuitParts) {
    this.#parts = parts;
    this.#since = parts.now();
    const { options } = parts;
    this.#breakerOptions = {
      name: parts.host,
      timeout: false,
      volumeThreshold: options.minimumRequests,
      errorThresholdPercentage: options.errorPercentage,
      rollingCountTimeout: options.windowMs,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      resetTimeout: options.probeEveryMs,
    } as CircuitBreaker.Options<[() => Promise<void>]>;
    this.#breaker = new CircuitBreaker((work: () => Promise<void>) => work(), this.#breakerOptions);
    this.#breaker.on('open', () => this.#changed());
    this.#breaker.on('halfOpen', () => this.#probe());
    this.#breaker.on('close', () => {
      this.#failures = 0;
      this.#changed();
    });
    this.#planProbe();
  }

  get state(): CircuitState {
    const state = this.#breaker.closed ? 'closed' : this.#breaker.opened ? 'open' : 'half-open';
    return {
      host: this.#parts.host,
      state,
      since: new Date(this.#since),
      failures: this.#failures,
      ...(state !== 'closed' && { retryAt: this.retryAt }),
      ...(this.#lastFailure !== undefined && { lastFailure: this.#lastFailure }),
    };
  }

  get isClosed(): boolean {
    return this.#breaker.closed;
  }

  /** When the next probe is over at the earliest. */
  get retryAt(): Date {
    return new Date(Math.max(this.#retryAt, this.#parts.now()));
  }

  /** Runs an attempt and draws its conclusion; the result is the attempt's own, whatever the circuit makes of it. */
  run<T>(attempt: () => Promise<T>, judge: (end: { value: T } | { error: unknown }) => Verdict): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const work = () =>
        new Promise<void>((alive, failed) => {
          const conclude = (end: { value: T } | { error: unknown }) => {
            const verdict = judge(end);
            if (verdict === 'alive') {
              this.#failures = 0;
              alive();
            } else if (verdict === 'failed') {
              this.#failures += 1;
              this.#lastFailure =
                'error' in end && end.error instanceof Error ? end.error.message : 'server error';
              failed(new Error('failed'));
              if (this.#failures >= this.#parts.options.failuresInRow && this.#breaker.closed)
                this.#breaker.open();
            }
          };
          attempt().then(
            (value) => {
              conclude({ value });
              resolve(value);
            },
            (error: unknown) => {
              conclude({ error });
              reject(error);
            },
          );
        });
      // A circuit that opened after it was looked at refuses here; the attempt has not begun then.
      this.#breaker.fire(work).catch((error: unknown) => {
        if (CircuitBreaker.isOurError(error as Error)) reject(error);
      });
    });
  }

  close(): void {
    this.#breaker.shutdown();
  }

  #probe(): void {
    this.#planProbe();
    this.#changed();
    this.#breaker.fire(() => this.#parts.probe()).catch(() => undefined);
  }

  /** opossum reads its `resetTimeout` each time it opens. */
  #planProbe(): void {
    const jitter = 0.8 + 0.4 * this.#parts.random();
    this.#breakerOptions.resetTimeout = Math.max(Math.round(this.#parts.options.probeEveryMs * jitter), 1);
  }

  #changed(): void {
    this.#since = this.#parts.now();
    this.#retryAt = this.#since + (this.#breakerOptions.resetTimeout ?? 0);
    this.#parts.onChange(this.state);
  }
}
