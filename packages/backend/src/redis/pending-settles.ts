import type { BucketGrant } from '@fluxori/core';

interface Settle {
  readonly lease: string;
  readonly consumed: '0' | '1';
}

/** What a lease is called in the store: the grant's id and the keys of its buckets. */
export function leaseOf(grant: BucketGrant): string {
  return [grant.id, ...grant.keys].join('\0');
}

/** At most so many go with one script, so that it stays short. */
const mostAtOnce = 200;
/** So many are kept for a store that is away; older ones end with their lease. */
const mostKept = 50_000;

/** Requests that are over, until the store is told: with the next take, or after a moment. */
export class PendingSettles {
  readonly #flush: () => Promise<unknown>;
  readonly #delayMs: number;
  #settles: Settle[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param flush - takes what is pending to the store. */
  constructor(flush: () => Promise<unknown>, delayMs = 20) {
    this.#flush = flush;
    this.#delayMs = delayMs;
  }

  get size(): number {
    return this.#settles.length;
  }

  add(grant: BucketGrant, consumed: boolean): void {
    if (this.#settles.length >= mostKept) this.#settles.shift();
    this.#settles.push({ lease: leaseOf(grant), consumed: consumed ? '1' : '0' });
    this.#arm();
  }

  /** Puts them at the end of a script's arguments while `work` calls it; those of a call that failed are pending again. */
  async with<T>(args: (string | number)[], work: (args: (string | number)[]) => Promise<T>): Promise<T> {
    if (this.#settles.length === 0) return work(args);
    const taken = this.#settles.splice(0, mostAtOnce);
    if (this.#settles.length === 0) this.stop();
    for (const { lease, consumed } of taken) args.push(lease, consumed);
    try {
      return await work(args);
    } catch (error) {
      this.#settles.unshift(...taken);
      throw error;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush().then(
        () => this.#settles.length > 0 && this.#arm(),
        // The store is away for longer than patience; the next call takes them along, and else the leases end.
        () => {},
      );
    }, this.#delayMs);
  }
}
