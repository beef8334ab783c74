import type { ParamsOf } from '@fluxori/amazon-sp-models';
import {
  isErrorOf,
  type Listing,
  type ListingChange,
  type ListingsCapability,
  type MarketplaceId,
  NotFoundError,
  type Page,
  type Paged,
  paged,
  type Sku,
  ValidationError,
} from '@fluxori/core';
import { instant } from '../mapping/instant.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { checkObjects } from '../pipeline/check-list.js';
import { decodeCursor, encodeCursor } from '../pipeline/cursor.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { checkCommas, holdsComma } from '../pipeline/value-batch.js';
import type { Marketplace } from '../regions/marketplaces.js';
import {
  type AmazonListing,
  isShippedByAmazon,
  type ListingPatch,
  listingData,
  toListing,
  toListingChange,
} from './listing-mapping.js';
import { afterPage, beginWalk, type ListingWalk } from './listing-walk.js';
import type { ListingFacts, ProductTypes } from './product-types.js';

type SearchParams = ParamsOf<'listingsItems', '2021-08-01', 'searchListingsItems'>;
type PutBody = ParamsOf<'listingsItems', '2021-08-01', 'putListingsItem'>['body'];

export interface ListingQuery extends SpCallOptions {
  readonly marketplaceId?: MarketplaceId;
  /** Up to 20; one with a comma alone. */
  readonly skus?: readonly Sku[];
  /** Listings changed at this time or later. */
  readonly updatedSince?: Date;
  readonly cursor?: string;
}

interface InMarketplace extends SpCallOptions {
  readonly marketplaceId?: MarketplaceId;
}

/** The seller's own offers (2021-08-01). */
export class ListingsClient implements ListingsCapability {
  readonly #context: SectionContext;
  readonly #productTypes: ProductTypes;

  constructor(context: SectionContext, productTypes: ProductTypes) {
    this.#context = context;
    this.#productTypes = productTypes;
  }

  /** @throws NotFoundError naming the SKU when the seller has no such listing there. */
  async get(sku: Sku, query: InMarketplace = {}): Promise<Listing> {
    const marketplace = this.#marketplace(query.marketplaceId);
    return this.#toListing(await this.#fetch(sku, marketplace, query), marketplace.id);
  }

  list(query: ListingQuery = {}): Paged<Listing> {
    return paged(async (cursor) => {
      const { listings, marketplaceId, nextCursor } = await this.page({ ...query, cursor });
      const items = listings.map((one) => this.#toListing(one, marketplaceId));
      return { items, ...(nextCursor !== undefined && { nextCursor }) } satisfies Page<Listing>;
    }, query.cursor);
  }

  /** One page of the seller's listings as Amazon gives them, in order of their creation, however many there are. */
  async page(
    query: ListingQuery,
  ): Promise<{ listings: readonly AmazonListing[]; marketplaceId: MarketplaceId; nextCursor?: string }> {
    const walk =
      query.cursor === undefined
        ? beginWalk(this.#searchParams(query))
        : decodeCursor<{ walk: ListingWalk }>('listings', query.cursor).walk;
    const { items, pagination } = await this.#context
      .api('listingsItems')
      .searchListingsItems(walk.params, callOptions(query));
    const { fresh, next } = afterPage(walk, items, pagination?.nextToken);
    // With a SKU that holds a comma Amazon brings what its parts name, too.
    const whole = walk.params.identifiers?.find(holdsComma);
    return {
      listings: whole === undefined ? fresh : fresh.filter(({ sku }) => sku === whole),
      marketplaceId: walk.params.marketplaceIds[0] as MarketplaceId,
      ...(next && { nextCursor: encodeCursor('listings', { walk: next }) }),
    };
  }

  /** Creates a listing, or replaces all of it. */
  async put(sku: Sku, listing: PutBody, query: InMarketplace = {}): Promise<ListingChange> {
    const marketplace = this.#marketplace(query.marketplaceId);
    const submission = await this.#context
      .api('listingsItems')
      .putListingsItem(
        { sellerId: this.#context.config.sellerId, sku, marketplaceIds: [marketplace.id], body: listing },
        callOptions(query),
      );
    await this.#productTypes.set(marketplace.id, sku, { productType: listing.productType });
    return toListingChange(submission);
  }

  /**
   * Changes parts of a listing. The product type that Amazon wants named is looked up and remembered.
   * @param query.ofSellerStock - the change is about the seller's own stock: refused when Amazon ships the goods.
   * @throws NotFoundError naming the SKU when the seller has no such listing there.
   */
  async patch(
    sku: Sku,
    patches: readonly ListingPatch[],
    query: InMarketplace & { readonly ofSellerStock?: boolean } = {},
  ): Promise<ListingChange> {
    const marketplace = this.#marketplace(query.marketplaceId);
    checkObjects(patches, 'patches');
    const known = await this.#productTypes.get(marketplace.id, sku);
    if (known === undefined || (query.ofSellerStock && known.byAmazon !== false)) {
      const { productType } = await this.#lookUp(sku, marketplace, query);
      return this.#patchAs(productType, sku, patches, marketplace, query);
    }
    const tried = await this.#patchAs(known.productType, sku, patches, marketplace, query).catch(
      (error: unknown) => {
        if (!isErrorOf(error, 'ValidationError')) throw error;
        return error;
      },
    );
    if (!(tried instanceof Error) && tried.status === 'accepted') return tried;
    // Perhaps the product type has changed since it was remembered: look again, once.
    const { productType } = await this.#lookUp(sku, marketplace, query);
    if (productType !== known.productType)
      return this.#patchAs(productType, sku, patches, marketplace, query);
    if (tried instanceof Error) throw tried;
    return tried;
  }

  async remove(sku: Sku, query: InMarketplace = {}): Promise<ListingChange> {
    const marketplace = this.#marketplace(query.marketplaceId);
    const submission = await this.#context
      .api('listingsItems')
      .deleteListingsItem(
        { sellerId: this.#context.config.sellerId, sku, marketplaceIds: [marketplace.id] },
        callOptions(query),
      )
      .catch(namingSku(sku, marketplace));
    await this.#productTypes.forget(marketplace.id, sku);
    return toListingChange(submission);
  }

  async #patchAs(
    productType: string,
    sku: Sku,
    patches: readonly ListingPatch[],
    marketplace: Marketplace,
    options: SpCallOptions,
  ): Promise<ListingChange> {
    const submission = await this.#context
      .api('listingsItems')
      .patchListingsItem(
        {
          sellerId: this.#context.config.sellerId,
          sku,
          marketplaceIds: [marketplace.id],
          body: { productType, patches: [...patches] },
        },
        callOptions(options),
      )
      .catch(namingSku(sku, marketplace));
    return toListingChange(submission);
  }

  async #lookUp(
    sku: Sku,
    marketplace: Marketplace,
    options: SpCallOptions & { readonly ofSellerStock?: boolean },
  ): Promise<ListingFacts> {
    const listing = await this.#fetch(sku, marketplace, options);
    const { productType } = this.#toListing(listing, marketplace.id);
    const account = this.#context.config.accountId;
    if (productType === undefined) {
      throw new NotFoundError(
        `SKU ${sku} has no product type in ${marketplace.domain}, so it cannot be changed.`,
        {
          account,
          field: 'sku',
          remedy: 'Complete the listing in Seller Central, or create it anew.',
        },
      );
    }
    const facts: ListingFacts = { productType, byAmazon: isShippedByAmazon(listing) };
    await this.#productTypes.set(marketplace.id, sku, facts);
    if (options.ofSellerStock && facts.byAmazon) {
      throw new ValidationError(
        `SKU ${sku} is shipped by Amazon in ${marketplace.domain} for ${account}: its quantity is what lies in Amazon's warehouses.`,
        {
          account,
          field: 'sku',
          remedy:
            'Leave it out. To ship it yourself from now on, change its fulfilment channel first, in Seller Central or with `listings.patch`.',
        },
      );
    }
    return facts;
  }

  #fetch(sku: Sku, marketplace: Marketplace, options: SpCallOptions): Promise<AmazonListing> {
    return this.#context
      .api('listingsItems')
      .getListingsItem(
        {
          sellerId: this.#context.config.sellerId,
          sku,
          marketplaceIds: [marketplace.id],
          includedData: listingData,
        },
        callOptions(options),
      )
      .catch(namingSku(sku, marketplace));
  }

  #searchParams(query: ListingQuery): SearchParams {
    checkCommas(query.skus, 'skus');
    return {
      sellerId: this.#context.config.sellerId,
      marketplaceIds: [this.#marketplace(query.marketplaceId).id],
      includedData: listingData,
      ...(query.skus && { identifiers: query.skus, identifiersType: 'SKU' as const }),
      ...(query.updatedSince && { lastUpdatedAfter: instant(query.updatedSince, 'updatedSince') }),
      pageSize: 20,
    };
  }

  #marketplace(name: string | undefined): Marketplace {
    const { home, region } = this.#context.config;
    return name === undefined ? home : this.#context.endpoints.marketplaceIn(region, name);
  }

  #toListing(listing: AmazonListing, marketplaceId: MarketplaceId): Listing {
    return toListing(listing, { accountId: this.#context.config.accountId, marketplaceId });
  }
}

function namingSku(sku: Sku, marketplace: Marketplace) {
  return (error: unknown): never => {
    if (!isErrorOf(error, 'NotFoundError')) throw error;
    throw new NotFoundError(
      `SKU ${sku} does not exist in ${marketplace.domain} for ${error.account ?? 'this account'}.`,
      {
        ...error,
        cause: error,
        field: 'sku',
        remedy: 'Check the SKU and the marketplace; list the product first.',
      },
    );
  };
}
