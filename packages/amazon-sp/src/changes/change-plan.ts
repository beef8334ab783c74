import { listingsFeedBounds } from '../feeds/listings-feed.js';

/** What is to be done, and how fast it can be done. Times in milliseconds, rates per second. */
export interface PlanFacts {
  /** Listings to change. */
  readonly listings: number;
  /** Those of them whose product type and shipper are not known yet. */
  readonly unknown: number;
  /** patchListingsItem and getListingsItem. */
  readonly patchRate: number;
  readonly patchBurst: number;
  /** searchListingsItems, which looks up to 20 listings at a time. */
  readonly searchRate: number;
  /** What a feed takes however small it is, and for each message. */
  readonly feedBaseMs: number;
  readonly feedMessageMs: number;
  /** Feeds that may be submitted at once; until the next one may, when it is none; and between the feeds after those. */
  readonly feedsAtOnce: number;
  readonly feedWaitMs: number;
  readonly feedGapMs: number;
  /** Until Amazon has worked off the feeds that are under way: those of one type go one after another. */
  readonly feedBusyMs: number;
}

/** How fast changes can be made. */
export type Pace = Omit<PlanFacts, 'listings' | 'unknown'>;

export interface ChangePlan {
  readonly way: 'patches' | 'feeds';
  /** When the last listing would be changed. */
  readonly patchesMs: number;
  readonly feedsMs: number;
  /** Feeds that it would take. */
  readonly feeds: number;
}

/** Listings that one search finds. Source: searchListingsItems 2021-08-01, `identifiers`. */
export const searchBatch = 20;

/**
 * Feeds or single patches: whichever has changed the last listing sooner. Amazon works feeds of one type off one after another, and a call to patch
 * is answered at once.
 */
export function planChanges(facts: PlanFacts): ChangePlan {
  const { listings, unknown, patchRate, patchBurst, searchRate } = facts;
  const calls = Math.max(listings - patchBurst, 0) / patchRate;
  const lookUps = Math.max(unknown - patchBurst, 0) / patchRate;
  const patchesMs = Math.max(calls, lookUps) * 1_000;
  const feeds = Math.ceil(listings / listingsFeedBounds.messages);
  const searchesMs = (Math.ceil(unknown / searchBatch) / searchRate) * 1_000;
  // The later feeds go to Amazon while it works off the first ones.
  const lastSubmittedMs =
    facts.feedWaitMs + Math.max(feeds - Math.max(facts.feedsAtOnce, 1), 0) * facts.feedGapMs;
  const workedOffMs = feeds * facts.feedBaseMs + listings * facts.feedMessageMs;
  const begunMs = Math.max(facts.feedWaitMs, facts.feedBusyMs);
  const feedsMs = searchesMs + Math.max(begunMs + workedOffMs, lastSubmittedMs + facts.feedBaseMs);
  return { way: patchesMs <= feedsMs ? 'patches' : 'feeds', patchesMs, feedsMs, feeds };
}

/**
 * Amazon's published limits, and what a feed is taken to take until this account's own feeds have shown it. Amazon promises no time; five minutes and 10 ms
 * a message are on the slow side of what sellers report for feeds that need not wait for others.
 * Sources: usage plans of listingsItems 2021-08-01 (5/s, burst 5) and createFeed (0.0083/s, burst 15); five JSON_LISTINGS_FEEDs in five minutes.
 */
export const publishedPace = {
  patchRate: 5,
  patchBurst: 5,
  searchRate: 5,
  feedBaseMs: 300_000,
  feedMessageMs: 10,
  feedsAtOnce: 5,
  feedWaitMs: 0,
  feedGapMs: 1_000 / 0.0083,
  feedBusyMs: 0,
} as const satisfies Pace;

/** The number of listings from which on feeds are sooner, all of them known. */
export function breakEven(pace: Pace): number {
  let low = 1;
  let high = 1;
  const feeds = (listings: number) => planChanges({ ...pace, listings, unknown: 0 }).way === 'feeds';
  while (!feeds(high) && high < 1e9) high *= 2;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (feeds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The table of docs/feeds-or-patches.md, as Markdown. A test holds the page to it. */
export function breakEvenTable(): string {
  const pace = publishedPace;
  const counts = [1, 5, 50, 500, 1_000, breakEven(pace) - 1, breakEven(pace), 5_000, 25_000, 50_000, 100_000];
  const rows = counts.map((listings) => {
    const { way, patchesMs, feedsMs, feeds } = planChanges({ ...pace, listings, unknown: 0 });
    const cells = [listings.toLocaleString('en'), span(patchesMs), `${span(feedsMs)} (${feeds})`, way];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| Listings | Single patches | Feeds (how many) | Chosen |',
    '| ---: | ---: | ---: | --- |',
    ...rows,
  ].join('\n');
}

function span(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
