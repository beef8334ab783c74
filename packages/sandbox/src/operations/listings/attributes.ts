import type { Listing } from '../../world/listing.js';
import { marketplaceOfRecord } from '../money.js';

/** A listing's attributes as Amazon's product type definitions lay them out. */
export function attributesOf(listing: Listing): Record<string, unknown> {
  const marketplace = marketplaceOfRecord(listing);
  const marketplaceId = { marketplace_id: listing.marketplaceId };
  return {
    item_name: [{ value: listing.title, language_tag: marketplace.language, ...marketplaceId }],
    condition_type: [{ value: 'new_new', ...marketplaceId }],
    merchant_suggested_asin: [{ value: listing.asin, ...marketplaceId }],
    purchasable_offer: [
      {
        ...marketplaceId,
        currency: marketplace.currency,
        audience: 'ALL',
        our_price: [{ schedule: [{ value_with_tax: listing.priceCents / 100 }] }],
      },
    ],
    fulfillment_availability: [availabilityOf(listing)],
    ...listing.attributes,
  };
}

/** The merchant says a quantity; for Amazon's own stock there is only the channel. */
function availabilityOf(listing: Listing): Record<string, unknown> {
  return listing.fulfilledBy === 'MERCHANT'
    ? { fulfillment_channel_code: 'DEFAULT', quantity: listing.quantity }
    : { fulfillment_channel_code: amazonChannelOf(listing) };
}

/** Amazon's fulfilment channel in the region of a listing. */
export function amazonChannelOf(listing: { readonly marketplaceId: string }): string {
  return { na: 'AMAZON_NA', eu: 'AMAZON_EU', fe: 'AMAZON_JP' }[marketplaceOfRecord(listing).region];
}
