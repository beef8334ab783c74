import {
  type CompetitivePrice,
  compareMoney,
  type ListingChange,
  type MarketplaceId,
  type PricesCapability,
  type PriceUpdate,
  shown,
  ValidationError,
} from '@fluxori/core';
import { type ListingPatch, pricePatch } from '../listings/listing-mapping.js';
import type { ListingsClient } from '../listings/listings-client.js';
import { moneyOf } from '../mapping/money-of.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { checkTexts } from '../pipeline/check-list.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { fromCompetitivePricing, fromOffers, fromSummary } from './pricing-mapping.js';

/** The most products of one call, in both versions. */
const pricingBatch = 20;

const summaryUri = '/products/pricing/2022-05-01/items/competitiveSummary';

interface InMarketplace extends SpCallOptions {
  readonly marketplaceId?: MarketplaceId;
}

/** Prices: what others ask (product pricing v0 and 2022-05-01), and what the seller asks (through its listings). */
export class PricingClient implements PricesCapability {
  readonly #context: SectionContext;
  readonly #listings: ListingsClient;

  constructor(context: SectionContext, listings: ListingsClient) {
    this.#context = context;
    this.#listings = listings;
  }

  /** Competitive prices, 20 products a call at 0.5 calls a second: fifteen times what `summary` gives. */
  async competitive(
    productIds: readonly string[],
    query: InMarketplace = {},
  ): Promise<readonly CompetitivePrice[]> {
    const { id } = this.#marketplace(query.marketplaceId);
    const prices: CompetitivePrice[] = [];
    for (const batch of batches(productIds)) {
      const { payload } = await this.#context
        .api('productPricing', 'v0')
        .getCompetitivePricing({ MarketplaceId: id, ItemType: 'Asin', Asins: batch }, callOptions(query));
      prices.push(...(payload ?? []).flatMap((price) => fromCompetitivePricing(price, id)));
    }
    return prices;
  }

  /** The lowest offers of one product, up to 20. */
  async offers(
    productId: string,
    query: InMarketplace & { condition?: 'New' | 'Used' | 'Collectible' | 'Refurbished' | 'Club' } = {},
  ): Promise<readonly CompetitivePrice[]> {
    const { payload } = await this.#context.api('productPricing', 'v0').getItemOffers(
      {
        Asin: productId,
        MarketplaceId: this.#marketplace(query.marketplaceId).id,
        ItemCondition: query.condition ?? 'New',
      },
      callOptions(query),
    );
    return payload === undefined ? [] : fromOffers(payload);
  }

  /** Featured and lowest offers by the newer API: slow (0.033 calls a second, 20 products each) and more detailed. Products that Amazon refuses are left out. */
  async summary(
    productIds: readonly string[],
    query: InMarketplace = {},
  ): Promise<readonly CompetitivePrice[]> {
    const { id } = this.#marketplace(query.marketplaceId);
    const prices: CompetitivePrice[] = [];
    for (const batch of batches(productIds)) {
      const { responses } = await this.#context.api('productPricing').getCompetitiveSummary(
        {
          body: {
            requests: batch.map((asin) => ({
              asin,
              marketplaceId: id,
              includedData: ['featuredBuyingOptions', 'lowestPricedOffers'],
              method: 'GET',
              uri: summaryUri,
            })),
          },
        },
        callOptions(query),
      );
      for (const { status, body } of responses) {
        if ((status.statusCode ?? 200) < 300) prices.push(...fromSummary(body, this.#context.config));
      }
    }
    return prices;
  }

  /**
   * Sets the price that the seller asks. Repeatable: it replaces the price.
   * @throws ValidationError when the currency is not the marketplace's, or the price is not above zero.
   * @throws NotFoundError naming the SKU when the seller has no such listing.
   */
  async update(update: PriceUpdate, options: SpCallOptions = {}): Promise<ListingChange> {
    return this.#listings.patch(update.sku, [this.patchOf(update)], {
      ...callOptions(options),
      marketplaceId: this.#marketplace(update.marketplaceId).id,
    });
  }

  /** The change of the listing that sets a price. @throws ValidationError for a price that the marketplace does not take. */
  patchOf(update: PriceUpdate): ListingPatch {
    const marketplace = this.#marketplace(update.marketplaceId);
    const { accountId } = this.#context.config;
    if (update.price?.currency !== marketplace.currency) {
      throw new ValidationError(
        `price.currency: ${shown(update.price?.currency)} is not the currency of ${marketplace.domain}, which is ${marketplace.currency}.`,
        { field: 'price.currency', account: accountId, remedy: `Give the price in ${marketplace.currency}.` },
      );
    }
    if (compareMoney(update.price, { amount: '0', currency: update.price.currency }) <= 0) {
      throw new ValidationError(`price.amount: ${shown(update.price.amount)} is not above zero.`, {
        field: 'price.amount',
        account: accountId,
        remedy: 'Give a price above zero; to stop selling, set the quantity to zero.',
      });
    }
    const asNumber = moneyOf(Number(update.price.amount), update.price.currency);
    if (asNumber === undefined || compareMoney(asNumber, update.price) !== 0) {
      throw new ValidationError(
        `price.amount: ${update.price.amount} has more digits than Amazon's format holds.`,
        {
          field: 'price.amount',
          account: accountId,
          remedy: 'Give at most 15 digits.',
        },
      );
    }
    return pricePatch({ ...update, marketplaceId: marketplace.id });
  }

  #marketplace(name: string | undefined) {
    const { home, region } = this.#context.config;
    return name === undefined ? home : this.#context.endpoints.marketplaceIn(region, name);
  }
}

function* batches(ids: readonly string[]): Generator<string[]> {
  checkTexts(ids, 'productIds');
  for (let start = 0; start < ids.length; start += pricingBatch) yield ids.slice(start, start + pricingBatch);
}
