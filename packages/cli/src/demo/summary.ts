import type { Sandbox } from '@fluxori/sandbox';
import type { Harvest } from './messages.js';

/** What the demo prints last with `--json`. */
export interface DemoSummary {
  /** Requests that Amazon refused for being too fast. Must be 0. */
  readonly throttled: number;
  /** Times that an access token was asked for. Must be 1. */
  readonly tokenCalls: number;
  /** Orders in the backend. */
  readonly orders: number;
  readonly newOrders: number;
  /** Stock levels in the backend. */
  readonly inventory: number;
  /** Reports that Amazon was asked for, and what came of it. There must be 1. */
  readonly reports: { readonly created: number; readonly rows: number };
  /** Feeds that reached Amazon, and what became of their messages. There must be 1, unless the seller keeps no stock itself. */
  readonly feeds: { readonly created: number; readonly messages: number; readonly accepted: number };
  /** SP-API requests that reached Amazon. */
  readonly requests: number;
  /** Pages that were fetched a second time because of the power cut. */
  readonly repeatedPages: number;
  /** From the first job queued to the last one done, the power cut included. */
  readonly seconds: number;
  /** What the same requests take at Amazon's limits, from the tokens that were left at the start, when everything else takes no time. */
  readonly minimumSeconds: number;
  /** Orders and SKUs that Amazon has. */
  readonly atAmazon: { readonly orders: number; readonly inventory: number };
  readonly powerCuts: number;
  readonly run: number;
}

/** Asked again and again until there is news. */
const looks: ReadonlySet<string> = new Set(['reports.getReport', 'feeds.getFeed']);

export function summarise(
  sandbox: Pick<Sandbox, 'counters' | 'buckets' | 'state'>,
  harvest: Harvest,
  facts: {
    seconds: number;
    powerCuts: number;
    run: number;
    ordersBefore: number;
    /** Tokens at the start, by operation; a bucket that is not here was full. */
    levels: Readonly<Record<string, number>>;
  },
): DemoSummary {
  const counters = sandbox.counters();
  const seller = sandbox.state()[0];
  return {
    throttled: counters.throttled,
    tokenCalls: counters.tokenCalls,
    orders: harvest.orders,
    newOrders: harvest.orders - facts.ordersBefore,
    inventory: harvest.inventory,
    reports: { created: counters.reports.created, rows: harvest.report?.rows ?? 0 },
    feeds: {
      created: counters.feeds.created,
      messages: harvest.feed?.messages ?? 0,
      accepted: harvest.feed?.accepted ?? 0,
    },
    requests: counters.requests,
    repeatedPages: counters.repeatedPages
      .filter(({ operation }) => !looks.has(operation))
      .reduce((sum, page) => sum + page.served - 1, 0),
    seconds: tenths(facts.seconds),
    minimumSeconds: tenths(minimumSeconds(sandbox, facts.levels)),
    atAmazon: { orders: seller?.orders ?? 0, inventory: seller?.skus ?? 0 },
    powerCuts: facts.powerCuts,
    run: facts.run,
  };
}

/** Operations run side by side, so the slowest decides: what goes beyond the tokens it had, over its rate. */
function minimumSeconds(
  sandbox: Pick<Sandbox, 'counters' | 'buckets'>,
  levels: Readonly<Record<string, number>>,
): number {
  const { operations } = sandbox.counters();
  const waits = sandbox
    .buckets()
    .filter((bucket) => bucket.scope === 'seller')
    .map(({ operation, rate, burst }) =>
      Math.max(0, ((operations[operation]?.requests ?? 0) - (levels[operation] ?? burst)) / rate),
    );
  return Math.max(0, ...waits);
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
