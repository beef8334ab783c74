import type { CallSpec } from './call-spec.js';

/** With whose authority a call's attempts go: renewed once at most, when the remote side says that it has expired. */
export class CallAuthority {
  readonly #spec: CallSpec;
  readonly #signal: AbortSignal | undefined;
  #renewals = 0;
  #isRejected = false;

  constructor(spec: CallSpec, signal: AbortSignal | undefined) {
    this.#spec = spec;
    this.#signal = signal;
  }

  /** The headers for the next attempt. */
  async headers(): Promise<Readonly<Record<string, string>> | undefined> {
    if (this.#spec.authorize === undefined) return undefined;
    const rejected = this.#isRejected;
    const headers = await this.#spec.authorize({
      ...(this.#signal && { signal: this.#signal }),
      ...(rejected && { rejected }),
    });
    this.#isRejected = false;
    return headers;
  }

  /** The last headers were refused as expired. @returns false when others will not help. */
  renew(): boolean {
    if (this.#renewals > 0 || this.#spec.authorize === undefined) return false;
    this.#renewals += 1;
    this.#isRejected = true;
    return true;
  }
}
