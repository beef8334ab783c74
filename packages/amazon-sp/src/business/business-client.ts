import type { ParamsOf } from '@fluxori/amazon-sp-models';
import { type MarketplaceId, type Sku, shown, ValidationError } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { checkTexts } from '../pipeline/check-list.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import type { SectionContext } from '../pipeline/section-context.js';
import {
  type BusinessOutcome,
  type OffersAnswer,
  type OwnBusinessPrice,
  toOutcome,
  toOwnPrices,
} from './business-mapping.js';

type BatchRequest = NonNullable<
  ParamsOf<'productPricing', 'v0', 'getItemOffersBatch'>['body']['requests']
>[number];

/** The most products of one call. Source: product pricing v0, checked November 2026. */
export const offersBatch = 20;

export interface BusinessQuery extends SpCallOptions {
  readonly marketplaceId?: MarketplaceId;
  /** `New` by default. */
  readonly condition?: 'New' | 'Used' | 'Collectible' | 'Refurbished' | 'Club';
}

/** What businesses are offered on Amazon Business: product pricing v0, asked for the customer type `Business`. */
export class BusinessClient {
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
  }

  /**
   * The lowest offers of any number of products, with their prices by quantity; 20 products in a call, at one call in ten seconds.
   *
   * @param productIds - ASINs.
   * @returns an outcome for each, in their order. A product that Amazon refuses has a `problem`; the others have their offers.
   */
  async offers(
    productIds: readonly string[],
    query: BusinessQuery = {},
  ): Promise<readonly BusinessOutcome[]> {
    const api = this.#context.api('productPricing', 'v0');
    checkTexts(productIds, 'productIds').forEach((id, index) => {
      if (!/^[A-Z0-9]{10}$/.test(id)) throw this.#noAsin(id, index);
    });
    return this.#asked(
      productIds.map((productId) => ({ productId })),
      query,
      ({ productId }) => `/products/pricing/v0/items/${productId}/offers`,
      async (requests) => {
        const { responses = [] } = await api.getItemOffersBatch({ body: { requests } }, callOptions(query));
        return new Map(responses.map((one) => [one.request.Asin, one]));
      },
      ({ productId }) => productId,
    );
  }

  /** The same by the seller's own SKUs, at one call in two seconds. */
  async offersBySku(skus: readonly Sku[], query: BusinessQuery = {}): Promise<readonly BusinessOutcome[]> {
    const api = this.#context.api('productPricing', 'v0');
    return this.#asked(
      checkTexts(skus, 'skus').map((sku) => ({ sku })),
      query,
      ({ sku }) => `/products/pricing/v0/listings/${encodeURIComponent(sku)}/offers`,
      async (requests) => {
        const { responses = [] } = await api.getListingOffersBatch(
          { body: { requests } },
          callOptions(query),
        );
        return new Map(responses.map((one) => [one.request?.SellerSKU, one]));
      },
      ({ sku }) => sku,
    );
  }

  /** What the seller himself asks of businesses; 20 SKUs in a call. SKUs without such a price, or unknown ones, are left out. */
  async ownPrices(skus: readonly Sku[], query: BusinessQuery = {}): Promise<readonly OwnBusinessPrice[]> {
    const { id } = marketplaceIn(this.#context, query.marketplaceId);
    const found: OwnBusinessPrice[] = [];
    checkTexts(skus, 'skus');
    for (let from = 0; from < skus.length; from += offersBatch) {
      const { payload = [] } = await this.#context.api('productPricing', 'v0').getPricing(
        {
          MarketplaceId: id,
          ItemType: 'Sku',
          Skus: skus.slice(from, from + offersBatch),
          OfferType: 'B2B',
          ...(query.condition && { ItemCondition: query.condition }),
        },
        callOptions(query),
      );
      found.push(...payload.flatMap((one) => toOwnPrices(one, id)));
    }
    return found.filter(({ price, quantityPrices }) => price !== undefined || quantityPrices.length > 0);
  }

  async #asked<Asked extends Pick<BusinessOutcome, 'productId' | 'sku'>>(
    all: readonly Asked[],
    query: BusinessQuery,
    uriOf: (asked: Asked) => string,
    send: (requests: BatchRequest[]) => Promise<ReadonlyMap<string | undefined, OffersAnswer>>,
    nameOf: (asked: Asked) => string,
  ): Promise<readonly BusinessOutcome[]> {
    const { clock, config } = this.#context;
    const { id: marketplaceId } = marketplaceIn(this.#context, query.marketplaceId);
    const outcomes: BusinessOutcome[] = [];
    for (let from = 0; from < all.length; from += offersBatch) {
      const part = all.slice(from, from + offersBatch);
      // Amazon answers each name once, also one that was asked for twice.
      const unique = [...new Map(part.map((asked) => [nameOf(asked), asked])).values()];
      const answers = await send(
        unique.map((asked) => ({
          uri: uriOf(asked),
          method: 'GET',
          MarketplaceId: marketplaceId,
          ItemCondition: query.condition ?? 'New',
          CustomerType: 'Business',
        })),
      );
      const observedAt = new Date(clock.now()).toISOString();
      const subject = { accountId: config.accountId, marketplaceId, observedAt };
      for (const asked of part) outcomes.push(toOutcome(asked, answers.get(nameOf(asked)), subject));
    }
    return outcomes;
  }

  #noAsin(id: string, index: number): ValidationError {
    const field = `productIds[${index}]`;
    return new ValidationError(`${field}: ${shown(id)} is no ASIN.`, {
      field,
      account: this.#context.config.accountId,
      operation: 'productPricing@v0.getItemOffersBatch',
      remedy: 'An ASIN has ten capital letters and digits; ask by SKU with `offersBySku`.',
    });
  }
}
