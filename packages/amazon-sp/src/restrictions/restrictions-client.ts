import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import type { MarketplaceId } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { marketplacesIn } from '../pipeline/marketplace-in.js';
import type { SectionContext } from '../pipeline/section-context.js';

type Params = ParamsOf<'listingsRestrictions', '2021-08-01', 'getListingsRestrictions'>;
export type ListingRestriction = ResponseOf<
  'listingsRestrictions',
  '2021-08-01',
  'getListingsRestrictions'
>['restrictions'][number];

export interface RestrictionQuery extends SpCallOptions {
  readonly marketplaceIds?: readonly MarketplaceId[];
  /** All conditions by default. */
  readonly condition?: Params['conditionType'];
  readonly productType?: string;
  /** For the reasons' texts, e.g. `en_ZA`. */
  readonly locale?: string;
}

/** Whether the seller may list a product (listings restrictions 2021-08-01). */
export class RestrictionsClient {
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
  }

  /** What keeps the seller from listing a product, by marketplace and condition, with Amazon's reasons and links; empty when nothing does. */
  async of(productId: string, query: RestrictionQuery = {}): Promise<readonly ListingRestriction[]> {
    const { condition, productType, locale, marketplaceIds } = query;
    const { restrictions } = await this.#context.api('listingsRestrictions').getListingsRestrictions(
      {
        asin: productId,
        sellerId: this.#context.config.sellerId,
        marketplaceIds: marketplacesIn(this.#context, marketplaceIds),
        ...(condition && { conditionType: condition }),
        ...(productType && { productType }),
        ...(locale && { reasonLocale: locale }),
      },
      callOptions(query),
    );
    return restrictions;
  }

  /** Whether the seller may list a product in a condition in all the marketplaces asked about. */
  async mayList(productId: string, query: RestrictionQuery = {}): Promise<boolean> {
    return (await this.of(productId, query)).every(({ reasons = [] }) => reasons.length === 0);
  }
}
