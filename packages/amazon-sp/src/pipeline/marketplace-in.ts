import type { MarketplaceId } from '@fluxori/core';
import type { Marketplace } from '../regions/marketplaces.js';
import { checkTexts } from './check-list.js';
import type { SectionContext } from './section-context.js';

type Place = Pick<SectionContext, 'config' | 'endpoints'>;

/** The marketplace that is meant: the one named, by id or country code, else the account's first. @throws ValidationError for one of another region. */
export function marketplaceIn({ config, endpoints }: Place, name?: string): Marketplace {
  return name === undefined ? config.home : endpoints.marketplaceIn(config.region, name);
}

/** The marketplaces that are meant: those named, else all of the account's. */
export function marketplacesIn(
  { config, endpoints }: Place,
  names: readonly string[] = config.marketplaceIds,
): MarketplaceId[] {
  const ids = checkTexts(names, 'marketplaceIds').map(
    (name) => endpoints.marketplaceIn(config.region, name, 'marketplaceIds').id,
  );
  return [...new Set(ids)];
}
