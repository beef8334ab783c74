import type { ParamsOf } from '@fluxori/amazon-sp-models';
import {
  type FulfilledBy,
  type InventoryCapability,
  type InventoryLevel,
  type InventoryUpdate,
  type ListingChange,
  type MarketplaceId,
  type Page,
  type Paged,
  paged,
  type Sku,
  shown,
  ValidationError,
} from '@fluxori/core';
import { quantityPatch } from '../listings/listing-mapping.js';
import type { ListingsClient } from '../listings/listings-client.js';
import { instant } from '../mapping/instant.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { checkTexts } from '../pipeline/check-list.js';
import { decodeCursor, encodeCursor } from '../pipeline/cursor.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { checkCommas, holdsComma, valueBatch } from '../pipeline/value-batch.js';
import { toFbaLevels, toSellerLevel } from './inventory-mapping.js';

type SummaryParams = ParamsOf<'fbaInventory', 'v1', 'getInventorySummaries'>;

export interface InventoryQuery extends SpCallOptions {
  readonly marketplaceId?: MarketplaceId;
  /** In `list` any number; in `page` up to 50 for Amazon's stock, up to 20 for the seller's own, one with a comma alone. */
  readonly skus?: readonly Sku[];
  /** Whose stock; in `list`, both by default. */
  readonly fulfilledBy?: FulfilledBy;
  /** Levels changed since; Amazon does not notice changes of what is inbound. */
  readonly updatedSince?: Date;
  readonly cursor?: string;
}

/** The most SKUs of one call. Source: fbaInventory v1, listingsItems 2021-08-01. */
const mostSkus: Readonly<Record<FulfilledBy, number>> = { marketplace: 50, seller: 20 };

/** One page, and when Amazon was asked for it. */
export interface InventoryPage extends Page<InventoryLevel> {
  readonly observedAt: Date;
}

/** Stock: in Amazon's warehouses (FBA inventory v1) and in the seller's own (through its listings). */
export class InventoryClient implements InventoryCapability {
  readonly #context: SectionContext;
  readonly #listings: ListingsClient;

  constructor(context: SectionContext, listings: ListingsClient) {
    this.#context = context;
    this.#listings = listings;
  }

  /** Amazon's stock first, then the seller's own, unless `fulfilledBy` says which. Any number of SKUs: they are asked for in batches. */
  list(query: InventoryQuery = {}): Paged<InventoryLevel> {
    if (query.skus !== undefined) checkTexts(query.skus, 'skus');
    return paged(async (cursor) => {
      if (query.skus?.length === 0) return { items: [] };
      const { fulfilledBy, from, inside } = whereToGoOn(query, cursor);
      const skus = query.skus && valueBatch(query.skus, from, mostSkus[fulfilledBy]);
      const { items, nextCursor } = await this.page({ ...query, fulfilledBy, skus, cursor: inside });
      const next = (place: Place) => ({ items, nextCursor: encodeCursor('inventory', { ...place }) });
      if (nextCursor !== undefined) return next({ fulfilledBy, from, inside: nextCursor });
      const after = from + (skus?.length ?? 0);
      if (after < (query.skus?.length ?? 0)) return next({ fulfilledBy, from: after });
      const both = query.fulfilledBy === undefined && fulfilledBy === 'marketplace';
      return both ? next({ fulfilledBy: 'seller', from: 0 }) : { items };
    }, query.cursor);
  }

  /** One page of one kind of stock (`marketplace` unless said otherwise). */
  page(query: InventoryQuery): Promise<InventoryPage> {
    return query.fulfilledBy === 'seller' ? this.#sellerPage(query) : this.#fbaPage(query);
  }

  /**
   * Sets how many the seller has of a SKU that it ships itself. Repeatable: it replaces the number.
   * @throws NotFoundError naming the SKU when the seller has no such listing.
   * @throws ValidationError when Amazon ships it: Amazon would make the seller ship it from then on, and strand what lies in its warehouses.
   * Source: developer-docs.amazon.com/sp-api/changelog/clarification-on-how-to-use-the-inventory-feed-type-quantity-attribute.
   */
  async update(update: InventoryUpdate, options: SpCallOptions = {}): Promise<ListingChange> {
    if (!Number.isSafeInteger(update.quantity) || update.quantity < 0) {
      throw new ValidationError(`quantity: ${shown(update.quantity)} is no number of units.`, {
        field: 'quantity',
        account: this.#context.config.accountId,
        remedy: 'Pass a whole number, zero or more.',
      });
    }
    return this.#listings.patch(update.sku, [quantityPatch(update)], {
      ...callOptions(options),
      marketplaceId: update.marketplaceId,
      ofSellerStock: true,
    });
  }

  async #fbaPage(query: InventoryQuery): Promise<InventoryPage> {
    const params =
      query.cursor === undefined
        ? this.#summaryParams(query)
        : decodeCursor<{ params: SummaryParams }>('FBA inventory', query.cursor).params;
    const changedSince = params.startDateTime === undefined ? query.updatedSince : undefined;
    const observedAt = new Date(this.#context.clock.now());
    const answer = await this.#context.api('fbaInventory').getInventorySummaries(params, callOptions(query));
    const { nextToken } = answer.pagination ?? {};
    const levels = toFbaLevels(answer.payload?.inventorySummaries ?? [], {
      accountId: this.#context.config.accountId,
      marketplaceId: params.granularityId as MarketplaceId,
      observedAt,
    });
    return {
      items: levels.filter(
        ({ updatedAt }) => changedSince === undefined || Date.parse(updatedAt) >= changedSince.getTime(),
      ),
      observedAt,
      ...(nextToken && { nextCursor: encodeCursor('FBA inventory', { params: { ...params, nextToken } }) }),
    };
  }

  async #sellerPage(query: InventoryQuery): Promise<InventoryPage> {
    const observedAt = new Date(this.#context.clock.now());
    const { listings, marketplaceId, nextCursor } = await this.#listings.page(query);
    const subject = { accountId: this.#context.config.accountId, marketplaceId, observedAt };
    const items = listings.flatMap((listing) => toSellerLevel(listing, subject) ?? []);
    return { items, observedAt, ...(nextCursor !== undefined && { nextCursor }) };
  }

  #summaryParams(query: InventoryQuery): SummaryParams {
    const { home, region } = this.#context.config;
    const { marketplaceId } = query;
    const { id } =
      marketplaceId === undefined ? home : this.#context.endpoints.marketplaceIn(region, marketplaceId);
    checkCommas(query.skus, 'skus');
    const startDateTime = query.updatedSince && instant(query.updatedSince, 'updatedSince');
    return {
      granularityType: 'Marketplace',
      granularityId: id,
      marketplaceIds: [id],
      details: true,
      // Amazon ignores the SKUs when there is a start: then what has not changed is left out here.
      ...(query.skus ? skuParameter(query.skus) : startDateTime && { startDateTime }),
    };
  }
}

/** A SKU with a comma has a parameter of its own. */
function skuParameter(skus: readonly Sku[]): Pick<SummaryParams, 'sellerSkus' | 'sellerSku'> {
  const [one] = skus;
  return one !== undefined && holdsComma(one) ? { sellerSku: one } : { sellerSkus: skus };
}

/** Where a list of both kinds of stock goes on. */
interface Place {
  readonly fulfilledBy: FulfilledBy;
  /** Index of the first SKU of the batch. */
  readonly from: number;
  readonly inside?: string;
}

function whereToGoOn(query: InventoryQuery, cursor: string | undefined): Place {
  return cursor === undefined
    ? { fulfilledBy: query.fulfilledBy ?? 'marketplace', from: 0 }
    : decodeCursor<Place>('inventory', cursor);
}
