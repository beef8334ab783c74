import {
  type CanonicalRecord,
  isErrorOf,
  type JsonValue,
  type MarketplaceId,
  type ProductTypeFacts,
  systemClock,
  type WriteResult,
} from '@fluxori/core';
import { defineJob, type JobContext, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { AmazonSPConnector } from '../connector.js';
import type { AmazonJobParts } from './job-parts.js';
import { marketplaceField } from './payload-fields.js';
import { addCounts, noCounts } from './write-counts.js';

const payloadSchema = z.strictObject({
  productTypes: z
    .array(z.string().regex(/^[A-Z0-9_]+$/, 'write product types as Amazon does, e.g. COOKING_POT'))
    .min(1, 'name at least one product type')
    .max(2_000, 'at most 2,000 product types in one job'),
  /** The account's first by default. */
  marketplaceId: marketplaceField.optional(),
  requirements: z.enum(['LISTING', 'LISTING_PRODUCT_ONLY', 'LISTING_OFFER_ONLY']).default('LISTING'),
});

export type ProductTypesRefreshPayload = z.output<typeof payloadSchema>;

interface State {
  /** How many product types are done. */
  readonly done: number;
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly counts: WriteResult;
}

export interface ProductTypesRefreshResult extends WriteResult {
  readonly definitions: number;
  /** Those whose schema is another than at the last look, or was not known yet. */
  readonly changed: readonly string[];
  /** Those that the marketplace does not have. */
  readonly missing: readonly string[];
}

/**
 * Looks at definitions of product types and tells which have changed: a seller's listings may have to follow. Their schemas are downloaded once and
 * kept by their checksums, where the connector has a content store; an unchanged one costs one small request.
 */
export function productTypesRefresh({ connector, clock = systemClock }: AmazonJobParts): JobDefinition {
  return defineJob<ProductTypesRefreshPayload, State, ProductTypesRefreshResult>({
    name: 'productTypes.refresh',
    section: 'product-types',
    version: 1,
    priority: 'low',
    payload: payloadSchema,
    describe: ({ productTypes, requirements }) => ({ productTypes: productTypes.length, requirements }),
    run: async (ctx) => refresh(ctx, await connector(ctx.accountId), () => new Date(clock.now())),
  });
}

async function refresh(
  ctx: JobContext<ProductTypesRefreshPayload, State>,
  connector: AmazonSPConnector,
  now: () => Date,
): Promise<ProductTypesRefreshResult> {
  const { requirements, marketplaceId = connector.config.home.id } = ctx.payload;
  const productTypes = [...new Set(ctx.payload.productTypes)];
  let state = ctx.state ?? { done: 0, changed: [], missing: [], counts: noCounts };
  while (state.done < productTypes.length) {
    const productType = productTypes[state.done] as string;
    const key = `productTypes.refresh/checksum/${marketplaceId}/${requirements}/${productType}`;
    const known = await ctx.readState(key);
    const facts = await look(ctx, connector, { productType, marketplaceId, observedAt: now() });
    const checksum: JsonValue = facts?.schemaChecksum ?? null;
    const after: State = {
      ...state,
      done: state.done + 1,
      changed: facts && checksum !== known ? [...state.changed, productType] : state.changed,
      missing: facts ? state.missing : [...state.missing, productType],
    };
    const written = await ctx.checkpoint(after, {
      records: facts ? [toRecord(facts, requirements)] : [],
      state: { [key]: checksum },
    });
    state = { ...after, counts: addCounts(state.counts, written) };
    if (state.done < productTypes.length) await ctx.checkpoint(state);
    await ctx.progress({ done: state.done, total: productTypes.length, unit: 'definitions' });
  }
  const { changed, missing, counts } = state;
  return { definitions: productTypes.length - missing.length, changed, missing, ...counts };
}

/** Undefined when the marketplace has no such type. */
async function look(
  ctx: JobContext<ProductTypesRefreshPayload, State>,
  connector: AmazonSPConnector,
  about: { productType: string; marketplaceId: MarketplaceId; observedAt: Date },
): Promise<ProductTypeFacts | undefined> {
  const { productType, marketplaceId, observedAt } = about;
  const { requirements } = ctx.payload;
  try {
    const { definition } = await ctx.call((terms) =>
      connector.productTypes.schema(productType, { ...terms, marketplaceId, requirements }),
    );
    const { displayName, productTypeVersion, schema, propertyGroups } = definition;
    return {
      ...{ accountId: ctx.accountId, marketplaceId, productType, displayName },
      definitionVersion: productTypeVersion.version,
      schemaChecksum: schema.checksum,
      propertyGroups: Object.fromEntries(
        Object.entries(propertyGroups).map(([name, { propertyNames = [] }]) => [name, propertyNames]),
      ),
      observedAt: observedAt.toISOString(),
    };
  } catch (error) {
    if (isErrorOf(error, 'NotFoundError')) return undefined;
    throw error;
  }
}

function toRecord(facts: ProductTypeFacts, requirements: string): CanonicalRecord {
  const { marketplaceId, productType, observedAt } = facts;
  return {
    kind: 'product-type',
    id: `${marketplaceId}/${productType}/${requirements}`,
    version: observedAt,
    value: facts,
  };
}
