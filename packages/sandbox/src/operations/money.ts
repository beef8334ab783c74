import { findMarketplace, type Marketplace } from '../world/marketplaces.js';

/** Hundredths as Amazon's decimal text: `129900` is `"1299.00"`, and `"1299"` in yen. */
export function decimalOf(cents: number, marketplace: Pick<Marketplace, 'decimals'>): string {
  return (cents / 100).toFixed(marketplace.decimals);
}

/** The marketplace of something that is kept in the sandbox, and therefore exists. */
export function marketplaceOfRecord(record: { readonly marketplaceId: string }): Marketplace {
  return findMarketplace(record.marketplaceId) as Marketplace;
}
