import type { Clock, KeyValueStore } from '@fluxori/core';

interface Charge {
  readonly job: string;
  /** Milliseconds since the epoch: not heard of until then, it has given up. */
  readonly untilMs: number;
}

export interface FlushChargeOptions {
  readonly keyValues: KeyValueStore;
  readonly clock: Clock;
  readonly prefix: string;
  /** Names this process to the others. */
  readonly process: string;
}

/** Beyond the moment at which it is to go on, so that a busy queue does not cost it its charge. Milliseconds. */
const graceMs = 120_000;

/**
 * Which job takes an account's changes on. It keeps the charge while it is parked, so that all others leave; who gives it back looks once more
 * afterwards, so that nothing is left that they were summoned for.
 */
export class FlushCharge {
  readonly #options: FlushChargeOptions;
  /** The next step of the same process knows what this one knew, unless another came in between. */
  #had = false;

  constructor(options: FlushChargeOptions) {
    this.#options = options;
  }

  async isOthers(job: string): Promise<boolean> {
    const { keyValues, clock } = this.#options;
    const charge = (await keyValues.get(this.#key)) as Charge | undefined;
    return charge !== undefined && charge.job !== job && charge.untilMs > clock.now();
  }

  /** Under the lock. @param until - when it will go on; now by default. @returns whether another process has had the charge since this one had it. */
  async take(job: string, until?: Date): Promise<boolean> {
    const { keyValues, clock, process } = this.#options;
    const untilMs = (until?.getTime() ?? clock.now()) + graceMs;
    await keyValues.set(this.#key, { job, untilMs });
    const lastKey = `${this.#key}-last`;
    const isOurs = this.#had && (await keyValues.get(lastKey)) === process;
    if (!isOurs) await keyValues.set(lastKey, process);
    this.#had = true;
    return !isOurs;
  }

  async giveBack(): Promise<void> {
    await this.#options.keyValues.delete(this.#key);
  }

  get #key(): string {
    return `${this.#options.prefix}charge`;
  }
}
