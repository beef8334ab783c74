import type { BucketGrant } from '@fluxori/core';

/** How long a grant counts as in flight, by the store's clock, when nobody renews it. */
export const defaultLeaseMs = 5_000;

/** Parts of a lease: when it is renewed, so that short requests never are, and how often that is looked after. */
const renewAfter = 0.3;
const lookEvery = 0.1;
/** Who has not settled a grant for so long has forgotten it; it is left to end. */
const longestMs = 3_600_000;
/** At most so many are renewed at once, so that it stays short. */
const mostAtOnce = 200;

export interface OpenGrantsOptions {
  readonly leaseMs: number;
  /** Takes word to the store that the holder of these is alive. */
  readonly renew: (grants: readonly BucketGrant[]) => Promise<unknown>;
  /** Milliseconds that never run backwards. */
  readonly now?: () => number;
}

interface Held {
  readonly grant: BucketGrant;
  readonly sinceMs: number;
  renewedMs: number;
}

/**
 * What this process has been granted and has not settled, at a store that other processes share. While there is something, it is looked
 * through ten times in a lease, and what is older than a third of a lease is renewed, all together: so a request counts as in flight for as
 * long as it takes, and for a lease only when its process has died.
 */
export class OpenGrants {
  readonly #leaseMs: number;
  readonly #renew: (grants: readonly BucketGrant[]) => Promise<unknown>;
  readonly #now: () => number;
  readonly #held = new Map<string, Held>();
  #timer: NodeJS.Timeout | undefined;
  #renewing = false;
  #closed = false;

  constructor({ leaseMs, renew, now = () => performance.now() }: OpenGrantsOptions) {
    this.#leaseMs = leaseMs;
    this.#renew = renew;
    this.#now = now;
  }

  /** The time that `add` is given. */
  now(): number {
    return this.#now();
  }

  /** @param askedMs - when it was asked for: the lease may have begun then. */
  add(grant: BucketGrant, askedMs: number): void {
    this.#held.set(grant.id, { grant, sinceMs: askedMs, renewedMs: askedMs });
    this.#arm();
  }

  delete(grant: BucketGrant): void {
    this.#held.delete(grant.id);
  }

  /** Renews no more. Gives what is left. */
  close(): BucketGrant[] {
    this.#closed = true;
    const grants = [...this.#held.values()].map(({ grant }) => grant);
    this.#held.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return grants;
  }

  #arm(): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#held.size === 0) return;
      void this.#look();
      this.#arm();
    }, this.#leaseMs * lookEvery).unref();
  }

  /** Never rejects: a store that is away is told when it is back, if that is in time. */
  async #look(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    try {
      const due = this.#due();
      while (due.length > 0) await this.#renew(due.splice(0, mostAtOnce));
    } catch {
      // What could not be renewed is due again soon.
    } finally {
      this.#renewing = false;
    }
  }

  /** As soon as one is due, those that will be soon go with it. */
  #due(): BucketGrant[] {
    const nowMs = this.#now();
    const dueMs = this.#leaseMs * renewAfter;
    const soon: Held[] = [];
    let isDue = false;
    for (const [id, held] of this.#held) {
      const ageMs = nowMs - held.renewedMs;
      if (nowMs - held.sinceMs > longestMs) this.#held.delete(id);
      else if (ageMs >= dueMs / 2) soon.push(held);
      isDue ||= ageMs >= dueMs;
    }
    if (!isDue) return [];
    for (const held of soon) held.renewedMs = nowMs;
    return soon.map(({ grant }) => grant);
  }
}
