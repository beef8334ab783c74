import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { type MarketplaceId, marketplaceId } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';

/** One marketplace that the seller's authorisation reaches. */
export interface Participation {
  readonly marketplaceId: MarketplaceId;
  readonly name: string;
  /** ISO 3166. */
  readonly countryCode: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly domain: string;
  readonly storeName?: string;
  readonly participating: boolean;
  readonly suspendedListings: boolean;
}

type AmazonParticipation = NonNullable<
  ResponseOf<'sellers', 'v1', 'getMarketplaceParticipations'>['payload']
>[number];

/** The seller's account: where it sells. Slow at Amazon (0.016 requests per second, burst 15): ask once and keep the answer. */
export class SellersClient {
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
  }

  async participations(options: SpCallOptions = {}): Promise<readonly Participation[]> {
    const { payload } = await this.#context
      .api('sellers')
      .getMarketplaceParticipations({}, callOptions(options));
    return (payload ?? []).map(toParticipation);
  }
}

export function toParticipation({
  marketplace,
  participation,
  storeName,
}: AmazonParticipation): Participation {
  return {
    marketplaceId: marketplaceId(marketplace.id),
    name: marketplace.name,
    countryCode: marketplace.countryCode,
    currency: marketplace.defaultCurrencyCode,
    domain: marketplace.domainName,
    ...(storeName !== undefined && { storeName }),
    participating: participation.isParticipating,
    suspendedListings: participation.hasSuspendedListings,
  };
}
