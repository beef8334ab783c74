import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import type { ListingEligibility, ListingHindrance, MarketplaceId } from '@fluxori/core';
import { withoutUndefined } from '../mapping/without-undefined.js';
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
  /** All of the account's by default. */
  readonly marketplaceIds?: readonly MarketplaceId[];
  /** All conditions by default. */
  readonly condition?: Params['conditionType'];
  /** Asks for exemption from barcodes, too, for a brand's products of this type. */
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

  /** The same for each marketplace asked about, in canonical form. Without a `condition`, `mayList` means: in every one. */
  async eligibility(productId: string, query: RestrictionQuery = {}): Promise<readonly ListingEligibility[]> {
    const { clock, config } = this.#context;
    const restrictions = await this.of(productId, query);
    const checkedAt = new Date(clock.now()).toISOString();
    return marketplacesIn(this.#context, query.marketplaceIds).map((marketplaceId) => {
      const hindrances = restrictions
        .filter((one) => one.marketplaceId === marketplaceId)
        .flatMap(toHindrances);
      const mayList = hindrances.length === 0;
      const { accountId } = config;
      return withoutUndefined({
        ...{ accountId, marketplaceId, productId, condition: query.condition },
        ...{ mayList, hindrances, checkedAt },
      });
    });
  }

  /** Whether the seller may list a product in all the marketplaces and conditions asked about. */
  async mayList(productId: string, query: RestrictionQuery = {}): Promise<boolean> {
    return (await this.eligibility(productId, query)).every(({ mayList }) => mayList);
  }
}

/** A restriction without a reason is one all the same. */
function toHindrances({ conditionType: condition, reasons = [] }: ListingRestriction): ListingHindrance[] {
  const given = reasons.length > 0 ? reasons : [{ message: 'Amazon gives no reason.' }];
  return given.map(({ message, reasonCode: code, links }) =>
    withoutUndefined({
      ...{ condition, code, message },
      links: links?.map(({ resource: url, title }) => withoutUndefined({ url, title })),
    }),
  );
}
