import {
  type CanonicalRecord,
  type CatalogItem,
  type Clock,
  type Page,
  systemClock,
  type WriteResult,
} from '@fluxori/core';
import { defineJob, type JobContext, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import { catalogBatch, identifierTypes } from '../catalog/catalog-client.js';
import type { AmazonSPConnector } from '../connector.js';
import { valueBatch } from '../pipeline/value-batch.js';
import type { AmazonJobParts } from './job-parts.js';
import { followed, isRefusedPageToken } from './page-trail.js';
import { marketplaceField } from './payload-fields.js';
import { addCounts, noCounts } from './write-counts.js';

const payloadSchema = z.strictObject({
  identifiers: z
    .array(z.string().trim().min(1, 'an identifier is empty').max(40))
    .min(1, 'name at least one identifier')
    .max(10_000, 'at most 10,000 identifiers in one job'),
  /** `ASIN` by default. */
  identifiersType: z.enum(identifierTypes, `write one of ${identifierTypes.join(', ')}`).optional(),
  /** The account's first marketplace by default. */
  marketplaceId: marketplaceField.optional(),
});

export type CatalogLookupPayload = z.output<typeof payloadSchema>;

interface State {
  /** How many identifiers are done. */
  readonly done: number;
  /** Where the batch goes on. */
  readonly cursor?: string;
  readonly trail: readonly string[];
  /** Identifiers of this batch that were found. */
  readonly found: readonly string[];
  readonly missing: readonly string[];
  /** An answer of this batch did not tell by which SKU it was found, so that nothing can be said of those that are not named. */
  readonly untold?: boolean;
  readonly restarts: number;
  readonly items: number;
  readonly counts: WriteResult;
}

export interface CatalogLookupResult extends WriteResult {
  /** Products found; one EAN may stand for several. */
  readonly items: number;
  /**
   * Identifiers that the marketplace's catalogue does not have. Amazon tells by which SKU a product was found; where an answer does not, no SKU of
   * its batch is called missing.
   */
  readonly missing: readonly string[];
}

const mostRestarts = 5;

/** Looks products up in the catalogue, twenty at a time, and keeps what it finds. */
export function catalogLookup({ connector, clock = systemClock }: AmazonJobParts): JobDefinition {
  return defineJob<CatalogLookupPayload, State, CatalogLookupResult>({
    name: 'catalog.lookup',
    section: 'catalog',
    version: 1,
    payload: payloadSchema,
    run: async (ctx) => lookUp(ctx, await connector(ctx.accountId), clock),
  });
}

async function lookUp(
  ctx: JobContext<CatalogLookupPayload, State>,
  connector: AmazonSPConnector,
  clock: Clock,
): Promise<CatalogLookupResult> {
  const { identifiersType } = ctx.payload;
  const identifiers = [...new Set(ctx.payload.identifiers)];
  let state: State = ctx.state ?? {
    done: 0,
    trail: [],
    found: [],
    missing: [],
    restarts: 0,
    items: 0,
    counts: noCounts,
  };
  while (state.done < identifiers.length) {
    const batch = valueBatch(identifiers, state.done, catalogBatch);
    const page = await nextPage(ctx, connector, state, batch);
    if (page === undefined) {
      // Only this batch begins anew; what it brought in already is the same again.
      state = { ...state, cursor: undefined, trail: [], restarts: state.restarts + 1 };
      continue;
    }
    const bySku = identifiersType === 'SKU';
    const isMeant = bySku ? hasSku : hasNumber;
    const found = [...state.found, ...batch.filter((one) => page.items.some((item) => isMeant(item, one)))];
    const untold = state.untold || (bySku && !page.items.every((item) => skusOf(item).length > 0));
    const { nextCursor } = page;
    const lost = batch.filter((one) => !untold && !found.includes(one));
    const after: State = {
      ...state,
      items: state.items + page.items.length,
      ...(nextCursor === undefined
        ? {
            done: state.done + batch.length,
            cursor: undefined,
            trail: [],
            found: [],
            untold: false,
            missing: [...state.missing, ...lost],
          }
        : {
            cursor: nextCursor,
            trail: followed(state.trail, nextCursor, 'catalogItems.searchCatalogItems'),
            found,
            untold,
          }),
    };
    const version = new Date(clock.now()).toISOString();
    const written = await ctx.checkpoint(after, {
      records: page.items.map((item) => toRecord(item, version)),
    });
    state = { ...after, counts: addCounts(state.counts, written) };
    // What this page counted is known only now; the job may park next.
    if (state.done < identifiers.length) await ctx.checkpoint(state);
    await ctx.progress({ done: state.done, total: identifiers.length, unit: 'identifiers' });
  }
  return { items: state.items, ...state.counts, missing: state.missing };
}

/** The next page of a batch; undefined when its token is no longer good. */
async function nextPage(
  ctx: JobContext<CatalogLookupPayload, State>,
  connector: AmazonSPConnector,
  state: State,
  identifiers: readonly string[],
): Promise<Page<CatalogItem> | undefined> {
  const { identifiersType = 'ASIN', marketplaceId } = ctx.payload;
  const { cursor } = state;
  try {
    return await ctx.call((terms) =>
      connector.catalog.page({ ...terms, identifiers, identifiersType, marketplaceId, cursor }),
    );
  } catch (error) {
    if (isRefusedPageToken(error, cursor) && state.restarts < mostRestarts) return undefined;
    throw error;
  }
}

/** The catalogue tells no time of change: the newest look is the newest version. */
function toRecord(item: CatalogItem, version: string): CanonicalRecord {
  return { kind: 'catalog', id: `${item.marketplaceId}/${item.productId}`, version, value: item };
}

/** Source: github.com/amzn/selling-partner-api-docs/issues/2295: a search by SKU adds the SKU to the item's identifiers. */
function hasSku(item: CatalogItem, sku: string): boolean {
  return skusOf(item).includes(sku);
}

function skusOf({ identifiers }: CatalogItem): readonly string[] {
  return identifiers.filter(({ type }) => type === 'SKU').map(({ value }) => value);
}

/** EAN, UPC and GTIN are one number with more or fewer zeros before it. */
function hasNumber(item: CatalogItem, identifier: string): boolean {
  const bare = (text: string) => text.toUpperCase().replace(/^0+/, '');
  const wanted = bare(identifier);
  return bare(item.productId) === wanted || item.identifiers.some(({ value }) => bare(value) === wanted);
}
