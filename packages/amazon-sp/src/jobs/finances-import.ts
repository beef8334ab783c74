import {
  type CanonicalRecord,
  type JsonValue,
  type Page,
  systemClock,
  type Transaction,
  type WriteResult,
} from '@fluxori/core';
import { defineJob, type JobContext, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { AmazonSPConnector } from '../connector.js';
import { latenessMs, longestWindowMs, settleMs } from '../finances/finances-facts.js';
import { versionOf } from '../finances/transaction-mapping.js';
import type { AmazonJobParts } from './job-parts.js';
import { followed, isRefusedPageToken } from './page-trail.js';
import { instantField, marketplaceField } from './payload-fields.js';
import { addCounts, noCounts } from './write-counts.js';

const payloadSchema = z.strictObject({
  /** All of the region by default. */
  marketplaceId: marketplaceField.optional(),
  /** Where the very first import begins (or any, with `restart`); 30 days ago by default. Later ones go on where the last one ended. */
  since: instantField.optional(),
  /** Begin at `since` although an earlier import has been there. */
  restart: z.boolean().optional(),
  /**
   * Looks again at the deferred transactions of so many days before, since their status changes when they are released. Without it, the release
   * comes in all the same: as a transaction of its own that names the deferred one (`releases`).
   */
  recheckDeferredDays: z.number().multipleOf(1, 'write whole days').min(1).max(360).optional(),
});

export type FinancesImportPayload = z.output<typeof payloadSchema>;

/** A stretch of time that is listed on its own: Amazon answers nothing to more than 180 days. */
interface Stretch {
  readonly since: string;
  readonly before: string;
  readonly released?: true;
}

/** How far an import is. Page tokens and times only. */
interface State {
  /** Up to when this import looks; the next one's beginning. */
  readonly until: string;
  readonly since: string;
  /** The first is being listed. */
  readonly left: readonly Stretch[];
  readonly cursor?: string;
  readonly trail: readonly string[];
  readonly restarts: number;
  readonly pages: number;
  readonly transactions: number;
  readonly counts: WriteResult;
}

export interface FinancesImportResult extends WriteResult {
  /** Transactions that Amazon gave, those that were there already included. */
  readonly transactions: number;
  readonly pages: number;
  /** ISO 8601. */
  readonly since: string;
  readonly until: string;
}

const firstImportMs = 30 * 24 * 3_600_000;
/** Our clock may be ahead of Amazon's by a little: a later end would be refused. */
const marginMs = settleMs + 60_000;
const dayMs = 24 * 3_600_000;
const mostRestarts = 5;

/**
 * Brings in the transactions posted since the last import, page by page. Those of an order may show up to 48 hours late, so each import looks that
 * far back before the last one's end; what was there already is written once.
 */
export function financesImport({ connector, clock = systemClock }: AmazonJobParts): JobDefinition {
  return defineJob<FinancesImportPayload, State, FinancesImportResult>({
    name: 'finances.import',
    section: 'finances',
    version: 1,
    payload: payloadSchema,
    run: async (ctx) => importTransactions(ctx, await connector(ctx.accountId), clock.now()),
  });
}

async function importTransactions(
  ctx: JobContext<FinancesImportPayload, State>,
  connector: AmazonSPConnector,
  nowMs: number,
): Promise<FinancesImportResult> {
  const key = `finances.import/watermark/${ctx.payload.marketplaceId ?? 'all'}`;
  let state = ctx.state ?? begin(ctx.payload, readWatermark(await ctx.readState(key)), nowMs);
  for (let [stretch] = state.left; stretch !== undefined; [stretch] = state.left) {
    const page = await nextPage(ctx, connector, state, stretch);
    if (page === undefined) {
      // What this stretch brought in already is the same again.
      state = { ...state, cursor: undefined, trail: [], restarts: state.restarts + 1 };
      continue;
    }
    const { nextCursor, items } = page;
    const left = nextCursor === undefined ? state.left.slice(1) : state.left;
    const after: State = {
      ...state,
      left,
      cursor: nextCursor,
      trail: nextCursor === undefined ? [] : followed(state.trail, nextCursor, 'finances.listTransactions'),
      pages: state.pages + 1,
      transactions: state.transactions + items.length,
    };
    const written = await ctx.checkpoint(after, {
      records: items.map(toRecord),
      ...(left.length === 0 && { state: { [key]: { postedUpTo: state.until } } }),
    });
    state = { ...after, counts: addCounts(state.counts, written) };
    await ctx.progress({ done: state.transactions, unit: 'transactions' });
    if (left.length > 0) await ctx.checkpoint(state);
  }
  const { transactions, pages, since, until, counts } = state;
  return { transactions, ...counts, pages, since, until };
}

function begin(payload: FinancesImportPayload, watermark: number | undefined, nowMs: number): State {
  const untilMs = nowMs - marginMs;
  const first = Date.parse(payload.since ?? '') || nowMs - firstImportMs;
  const sinceMs = watermark === undefined || payload.restart ? first : watermark - latenessMs;
  const { recheckDeferredDays: days } = payload;
  return {
    since: iso(sinceMs),
    until: iso(untilMs),
    left: [
      ...stretches(sinceMs, untilMs),
      ...(days === undefined
        ? []
        : stretches(sinceMs - days * dayMs, Math.min(sinceMs, untilMs)).map(
            (one): Stretch => ({ ...one, released: true }),
          )),
    ],
    trail: [],
    restarts: 0,
    pages: 0,
    transactions: 0,
    counts: noCounts,
  };
}

/** The time from one moment to another, in stretches that Amazon answers. A day less than it allows, for summer time and clocks. */
function stretches(sinceMs: number, untilMs: number): Stretch[] {
  const found: Stretch[] = [];
  const most = longestWindowMs - dayMs;
  for (let from = sinceMs; from < untilMs; from += most) {
    found.push({ since: iso(from), before: iso(Math.min(from + most, untilMs)) });
  }
  return found;
}

/** The next page; undefined when its token is no longer good. */
async function nextPage(
  ctx: JobContext<FinancesImportPayload, State>,
  connector: AmazonSPConnector,
  { cursor, restarts }: State,
  { since, before, released }: Stretch,
): Promise<Page<Transaction> | undefined> {
  const { marketplaceId } = ctx.payload;
  try {
    return await ctx.call((terms) =>
      connector.finances.transactionPage({
        ...terms,
        postedSince: new Date(since),
        postedBefore: new Date(before),
        ...(marketplaceId && { marketplaceId }),
        ...(released && { status: 'DEFERRED_RELEASED' }),
        cursor,
      }),
    );
  } catch (error) {
    if (isRefusedPageToken(error, cursor) && restarts < mostRestarts) return undefined;
    throw error;
  }
}

function toRecord(transaction: Transaction): CanonicalRecord {
  return {
    kind: 'transaction',
    id: transaction.transactionId,
    version: versionOf(transaction),
    value: transaction,
  };
}

function readWatermark(value: JsonValue | undefined): number | undefined {
  const { postedUpTo } = (value ?? {}) as { postedUpTo?: unknown };
  const at = typeof postedUpTo === 'string' ? Date.parse(postedUpTo) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
