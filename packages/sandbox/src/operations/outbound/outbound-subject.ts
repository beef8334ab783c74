import { invalidInput, notFound } from '../../http/refusal.js';
import type { OperationCall } from '../../operation/implementation.js';
import type { Listing } from '../../world/listing.js';
import { findMarketplace } from '../../world/marketplaces.js';
import type { OutboundOrder } from '../../world/outbound-order.js';
import type { Seller } from '../../world/seller.js';

type Here = Pick<OperationCall<unknown>, 'seller' | 'region'>;

export const message = 'Request body is invalid.';

export function marketplaceOf({ seller, region }: Here, id: string | undefined): string {
  const marketplace =
    id === undefined ? seller.marketplaces.find((one) => one.region === region) : findMarketplace(id);
  if (marketplace === undefined || !seller.marketplaces.includes(marketplace))
    throw invalidInput(message, 'marketplaceId is not one of the seller.');
  return marketplace.id;
}

export function listingOf(seller: Seller, marketplaceId: string, sku: string): Listing {
  const listing = seller.listing(marketplaceId, sku);
  if (listing === undefined || listing.fulfilledBy !== 'AMAZON')
    throw invalidInput(message, `${sku} is not in Amazon's fulfilment network.`);
  return listing;
}

export function orderOf({ seller }: Pick<Here, 'seller'>, id: string): OutboundOrder {
  const order = seller.outbound.get(id);
  if (order === undefined)
    throw notFound('The requested resource does not exist.', `There is no order ${id}.`);
  return order;
}
