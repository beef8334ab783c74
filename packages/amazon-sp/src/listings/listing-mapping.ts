import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import {
  type AccountId,
  type InventoryUpdate,
  type Listing,
  type ListingChange,
  type ListingIssue,
  type MarketplaceId,
  type PriceUpdate,
  sku,
} from '@fluxori/core';
import { utc } from '../mapping/instant.js';
import { moneyOf } from '../mapping/money-of.js';
import { withoutUndefined } from '../mapping/without-undefined.js';

export type AmazonListing = ResponseOf<'listingsItems', '2021-08-01', 'getListingsItem'>;
type Submission = ResponseOf<'listingsItems', '2021-08-01', 'patchListingsItem'>;
type AmazonIssue = NonNullable<AmazonListing['issues']>[number];
export type ListingPatch = ParamsOf<
  'listingsItems',
  '2021-08-01',
  'patchListingsItem'
>['body']['patches'][number];

/** What is asked of Amazon for a canonical listing. */
export const listingData = [
  'summaries',
  'issues',
  'offers',
  'fulfillmentAvailability',
  'productTypes',
] as const;

/** The seller's own stock, as Amazon calls it; every other channel code is one of Amazon's warehouses. */
export const sellerChannel = 'DEFAULT';

/** Amazon's listing as the canonical one, as one marketplace has it. */
export function toListing(
  listing: AmazonListing,
  subject: { accountId: AccountId; marketplaceId: MarketplaceId },
): Listing {
  const { marketplaceId } = subject;
  const here = <T extends { marketplaceId?: string }>(list: readonly T[] | undefined): T | undefined =>
    list?.find((one) => one.marketplaceId === marketplaceId);
  const summary = here(listing.summaries);
  const offer =
    listing.offers?.find((one) => one.marketplaceId === marketplaceId && one.offerType === 'B2C') ??
    here(listing.offers);
  return withoutUndefined({
    accountId: subject.accountId,
    marketplaceId,
    sku: sku(listing.sku),
    productId: summary?.asin,
    productType: summary?.productType ?? here(listing.productTypes)?.productType,
    title: summary?.itemName,
    statuses: summary?.status ?? [],
    price: moneyOf(offer?.price?.amount, offer?.price?.currencyCode),
    quantity: sellerStock(listing),
    updatedAt: utc(summary?.lastUpdatedDate),
    issues: (listing.issues ?? []).map(toIssue),
  });
}

/** How many the seller itself has in stock; undefined when the listing is not fulfilled by the seller. */
export function sellerStock(listing: AmazonListing): number | undefined {
  return listing.fulfillmentAvailability?.find(
    ({ fulfillmentChannelCode }) => fulfillmentChannelCode === sellerChannel,
  )?.quantity;
}

/** Whether Amazon ships it, and the seller has no stock of its own for it. */
export function isShippedByAmazon({ fulfillmentAvailability = [] }: AmazonListing): boolean {
  const own = fulfillmentAvailability.some(
    ({ fulfillmentChannelCode }) => fulfillmentChannelCode === sellerChannel,
  );
  return fulfillmentAvailability.length > 0 && !own;
}

/** What Amazon did with a change. `VALID` comes only from a preview. */
export function toListingChange(submission: Submission): ListingChange {
  return withoutUndefined({
    sku: sku(submission.sku),
    status: submission.status === 'INVALID' ? ('invalid' as const) : ('accepted' as const),
    submissionId: submission.submissionId,
    issues: (submission.issues ?? []).map(toIssue),
  });
}

function toIssue({ code, message, severity }: AmazonIssue): ListingIssue {
  const severities: Readonly<Record<string, ListingIssue['severity']>> = {
    ERROR: 'error',
    WARNING: 'warning',
    INFO: 'info',
  };
  return { code, message, severity: severities[severity] ?? 'info' };
}

/**
 * The wish for a quantity as a patch of the listing. It is merged, so that the handling time and what lies in Amazon's warehouses stay: `replace`
 * would throw away all that it does not name.
 */
export function quantityPatch({ quantity }: InventoryUpdate): ListingPatch {
  return {
    op: 'merge',
    path: '/attributes/fulfillment_availability',
    value: [{ fulfillment_channel_code: sellerChannel, quantity }],
  };
}

/**
 * The wish for a price as a patch of the listing. It is merged, so that a sale price and a price for businesses stay.
 * Amazon's schema wants the amount as a JSON number.
 */
export function pricePatch({ marketplaceId, price }: PriceUpdate): ListingPatch {
  return {
    op: 'merge',
    path: '/attributes/purchasable_offer',
    value: [
      {
        marketplace_id: marketplaceId,
        currency: price.currency,
        audience: 'ALL',
        our_price: [{ schedule: [{ value_with_tax: Number(price.amount) }] }],
      },
    ],
  };
}
