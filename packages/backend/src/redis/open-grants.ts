import type { BucketGrant } from '@fluxori/core';

/** After this the store has ended a grant by itself. */
const leaseMs = 60_000;

/** What this process has been granted and has not settled. */
export class OpenGrants {
  /** In order of time. */
  readonly #grants = new Map<string, { readonly grant: BucketGrant; readonly endsAt: number }>();

  add(grant: BucketGrant): void {
    const now = performance.now();
    for (const [id, { endsAt }] of this.#grants) {
      if (endsAt > now) break;
      this.#grants.delete(id);
    }
    this.#grants.set(grant.id, { grant, endsAt: now + leaseMs });
  }

  delete(grant: BucketGrant): void {
    this.#grants.delete(grant.id);
  }

  all(): BucketGrant[] {
    return [...this.#grants.values()].map(({ grant }) => grant);
  }
}
