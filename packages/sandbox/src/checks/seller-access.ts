import { accessDenied, invalidInput } from '../http/refusal.js';
import { findMarketplace, type Region } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';

const marketplaceNames = ['marketplaceIds', 'marketplaceId', 'MarketplaceIds', 'MarketplaceId'] as const;

/**
 * A seller reaches only the regions and marketplaces in which he takes part, and only himself.
 *
 * @throws Refusal 403, or 400 for a marketplace that does not exist.
 */
export function checkSellerAccess(
  seller: Seller,
  region: Region,
  parameters: Readonly<Record<string, unknown>>,
  body: unknown,
): void {
  for (const source of [parameters, body]) {
    if (typeof source !== 'object' || source === null) continue;
    for (const name of marketplaceNames) {
      const value = (source as Record<string, unknown>)[name];
      for (const id of Array.isArray(value) ? value : [value])
        if (typeof id === 'string') checkMarketplace(seller, region, name, id);
    }
  }
  const sellerId = parameters.sellerId;
  if (typeof sellerId === 'string' && sellerId !== seller.sellerId)
    throw accessDenied('The sellerId is not that of the selling partner who authorized the request.');
}

/** @throws Refusal 403 when the seller takes part in no marketplace of this region. */
export function checkRegion(seller: Seller, region: Region): void {
  if (!seller.marketplaces.some((one) => one.region === region))
    throw accessDenied(`The selling partner has no account in the region of this endpoint (${region}).`);
}

function checkMarketplace(seller: Seller, region: Region, name: string, id: string): void {
  const marketplace = findMarketplace(id);
  if (marketplace === undefined)
    throw invalidInput(
      'Request has missing or invalid parameters and cannot be parsed.',
      `${name}: '${id}' is no marketplace.`,
    );
  if (marketplace.region !== region)
    throw accessDenied(
      `Marketplace ${id} belongs to region ${marketplace.region}, and this is the endpoint of ${region}.`,
    );
  if (!seller.marketplaces.includes(marketplace))
    throw accessDenied(`The selling partner does not take part in marketplace ${id}.`);
}
