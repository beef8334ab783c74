import {
  type CanonicalRecord,
  type JsonValue,
  type MarketplaceId,
  type SalesInterval,
  systemClock,
  type WriteResult,
} from '@fluxori/core';
import { defineJob, type JobContext, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { AmazonSPConnector } from '../connector.js';
import { longestAgoMs } from '../sales/sales-facts.js';
import { beginningOf } from '../sales/zoned-instant.js';
import type { AmazonJobParts } from './job-parts.js';
import { instantField, marketplaceField } from './payload-fields.js';
import { addCounts, noCounts } from './write-counts.js';

const payloadSchema = z.strictObject({
  /** All of the account's by default. */
  marketplaceIds: z.array(marketplaceField).min(1, 'name at least one marketplace').optional(),
  granularity: z.enum(['hour', 'day', 'week', 'month'], 'write hour, day, week or month').default('day'),
  /** IANA name of the zone in which days, weeks and months begin. */
  timeZone: z
    .string()
    .refine(isTimeZone, 'write the IANA name of a time zone, e.g. Africa/Johannesburg')
    .default('UTC'),
  /** Where the very first import begins (or any, with `restart`); 30 intervals ago by default, 12 months for months. Later ones go on where the last one ended. */
  since: instantField.optional(),
  /** Begin at `since` although an earlier import has been there. */
  restart: z.boolean().optional(),
  /** So many days before the last import's end are asked for again, since cancelled orders leave the sums; 7 by default. */
  recheckDays: z.number().multipleOf(1, 'write whole days').min(0).max(30).default(7),
});

export type SalesImportPayload = z.output<typeof payloadSchema>;

interface State {
  /** Up to when this import looks; the next one's beginning. ISO 8601. */
  readonly until: string;
  /** Index of the marketplace that is next. */
  readonly marketplace: number;
  readonly intervals: number;
  readonly counts: WriteResult;
}

export interface SalesImportResult extends WriteResult {
  /** Intervals that Amazon gave, those that were there already included. */
  readonly intervals: number;
  /** ISO 8601. */
  readonly until: string;
}

const dayMs = 86_400_000;
const longestMs = { hour: 3_600_000, day: 25 * 3_600_000, week: 8 * dayMs, month: 32 * dayMs };
const firstImportMs = { hour: 30 * 3_600_000, day: 30 * dayMs, week: 210 * dayMs, month: 365 * dayMs };

/** Brings in what was ordered by hour, day, week or month, one request for each marketplace. The last interval is a part as yet; the next import replaces it. */
export function salesImport({ connector, clock = systemClock }: AmazonJobParts): JobDefinition {
  return defineJob<SalesImportPayload, State, SalesImportResult>({
    name: 'sales.import',
    section: 'sales',
    version: 1,
    priority: 'low',
    payload: payloadSchema,
    run: async (ctx) => importSales(ctx, await connector(ctx.accountId), clock.now()),
  });
}

async function importSales(
  ctx: JobContext<SalesImportPayload, State>,
  connector: AmazonSPConnector,
  nowMs: number,
): Promise<SalesImportResult> {
  const { marketplaceIds = connector.config.marketplaceIds, granularity, timeZone } = ctx.payload;
  let state = ctx.state ?? {
    until: new Date(nowMs).toISOString(),
    ...{ marketplace: 0, intervals: 0, counts: noCounts },
  };
  while (state.marketplace < marketplaceIds.length) {
    const marketplaceId = marketplaceIds[state.marketplace] as MarketplaceId;
    const key = `sales.import/watermark/${marketplaceId}/${granularity}/${timeZone}`;
    const untilMs = Date.parse(state.until);
    const fromMs = beginning(ctx.payload, readWatermark(await ctx.readState(key)), untilMs);
    const intervals = await ctx.call((terms) =>
      connector.sales.metrics({
        ...terms,
        ...{ marketplaceId, granularity, timeZone },
        from: new Date(fromMs),
        to: new Date(untilMs),
      }),
    );
    const after: State = {
      ...state,
      marketplace: state.marketplace + 1,
      intervals: state.intervals + intervals.length,
    };
    const written = await ctx.checkpoint(after, {
      records: intervals.map((one) => toRecord(one, state.until)),
      state: { [key]: { countedUpTo: state.until } },
    });
    state = { ...after, counts: addCounts(state.counts, written) };
    if (state.marketplace < marketplaceIds.length) await ctx.checkpoint(state);
    await ctx.progress({ done: state.intervals, unit: 'intervals' });
  }
  return { intervals: state.intervals, ...state.counts, until: state.until };
}

/** Where an interval begins, so that none comes in cut off at its head; not longer ago than Amazon tells. */
function beginning(payload: SalesImportPayload, watermark: number | undefined, untilMs: number): number {
  const { granularity, timeZone, since, restart, recheckDays } = payload;
  const first = Date.parse(since ?? '') || untilMs - firstImportMs[granularity];
  const goesOn = watermark !== undefined && !restart;
  const fromMs = goesOn ? watermark - recheckDays * dayMs : first;
  const begins = beginningOf(granularity, Math.min(fromMs, untilMs - 1), timeZone);
  if (!goesOn && since !== undefined) return begins;
  // Not quite as long ago as Amazon tells: the job may have to wait for its turn.
  const earliestMs = untilMs - longestAgoMs[granularity] + 2 * longestMs[granularity];
  return Math.max(begins, beginningOf(granularity, earliestMs, timeZone));
}

function toRecord(interval: SalesInterval, countedAt: string): CanonicalRecord {
  const { marketplaceId, granularity, timeZone, from } = interval;
  return {
    kind: 'sales',
    id: `${marketplaceId}/${granularity}/${timeZone}/${from}`,
    version: countedAt,
    value: interval,
  };
}

function readWatermark(value: JsonValue | undefined): number | undefined {
  const { countedUpTo } = (value ?? {}) as { countedUpTo?: unknown };
  const at = typeof countedUpTo === 'string' ? Date.parse(countedUpTo) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
