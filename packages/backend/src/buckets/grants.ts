import type { BucketGrant } from '@fluxori/core';

interface Lease {
  readonly grant: BucketGrant;
  readonly endsAtMs: number;
}

/** What has been granted and not been settled. */
export class Grants {
  /** In order of their end, because every lease is as long as the others. */
  readonly #leases = new Map<string, Lease>();
  readonly #leaseMs: number;

  /** @param leaseMs - a request that has not been settled for so long is over. */
  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  add(grant: BucketGrant, nowMs: number): void {
    this.#leases.set(grant.id, { grant, endsAtMs: nowMs + this.#leaseMs });
  }

  renew(id: string, nowMs: number): void {
    const grant = this.remove(id);
    if (grant !== undefined) this.add(grant, nowMs);
  }

  remove(id: string): BucketGrant | undefined {
    const lease = this.#leases.get(id);
    this.#leases.delete(id);
    return lease?.grant;
  }

  /** Removes and returns those that nobody has settled in time. */
  ended(nowMs: number): BucketGrant[] {
    const ended: BucketGrant[] = [];
    for (const { grant, endsAtMs } of this.#leases.values()) {
      if (endsAtMs > nowMs) break;
      ended.push(grant);
    }
    for (const grant of ended) this.#leases.delete(grant.id);
    return ended;
  }
}
