/** How many JSON_LISTINGS_FEEDs of an account may be submitted within a span of time. */
export interface FeedQuotaPlan {
  readonly count: number;
  readonly windowMs: number;
}

/**
 * The limit that JSON_LISTINGS_FEED has beside createFeed's own: five submissions per five minutes, region and account.
 * Source: developer-docs.amazon.com/sp-api/changelog/update-feed-size-and-rate-limit-changes-for-the-json_listings_feed,
 * checked November 2026.
 */
export class FeedQuota {
  readonly #plan: FeedQuotaPlan;
  readonly #now: () => number;
  readonly #times = new Map<string, number[]>();

  /** @param now - monotonic milliseconds. */
  constructor(plan: FeedQuotaPlan, now: () => number) {
    this.#plan = plan;
    this.#now = now;
  }

  /** Takes one submission, if there is one left. */
  take(account: string): boolean {
    const from = this.#now() - this.#plan.windowMs;
    const recent = (this.#times.get(account) ?? []).filter((time) => time > from);
    this.#times.set(account, recent);
    if (recent.length >= this.#plan.count) return false;
    recent.push(this.#now());
    return true;
  }

  refill(): void {
    this.#times.clear();
  }
}
