import type { FeedJudge } from './feed-judge.js';
import { judgeFlatFulfillmentFeed } from './flat-fulfillment-feed.js';
import { judgeFulfillmentFeed } from './fulfillment-feed.js';
import { judgeListingsFeed } from './listings-feed.js';

export const listingsFeedType = 'JSON_LISTINGS_FEED';

/** What the sandbox makes of a feed, by its type. */
export const feedJudges: Readonly<Record<string, FeedJudge>> = {
  [listingsFeedType]: judgeListingsFeed,
  POST_ORDER_FULFILLMENT_DATA: judgeFulfillmentFeed,
  POST_FLAT_FILE_FULFILLMENT_DATA: judgeFlatFulfillmentFeed,
};

/**
 * Listing feeds that Amazon switched off: they are still taken, and end FATAL.
 * Source: developer-docs.amazon.com/sp-api/docs/feeds-api-best-practices (off since 2025-07-31), checked November 2026.
 */
export const retiredFeedTypes: ReadonlySet<string> = new Set([
  'POST_PRODUCT_DATA',
  'POST_INVENTORY_AVAILABILITY_DATA',
  'POST_PRODUCT_PRICING_DATA',
  'POST_PRODUCT_IMAGE_DATA',
  'POST_PRODUCT_RELATIONSHIP_DATA',
  'POST_PRODUCT_OVERRIDES_DATA',
  'POST_FLAT_FILE_INVLOADER_DATA',
  'POST_FLAT_FILE_LISTINGS_DATA',
  'POST_FLAT_FILE_BOOKLOADER_DATA',
  'POST_FLAT_FILE_CONVERGENCE_LISTINGS_DATA',
  'POST_FLAT_FILE_PRICEANDQUANTITYONLY_UPDATE_DATA',
  'POST_UIEE_BOOKLOADER_DATA',
]);

/**
 * Types that Amazon takes and of whose contents nothing is known here: they end DONE without effect.
 * Source: developer-docs.amazon.com/sp-api/docs/feed-type-values, checked November 2026.
 */
export const otherFeedTypes: ReadonlySet<string> = new Set([
  'POST_ORDER_ACKNOWLEDGEMENT_DATA',
  'POST_PAYMENT_ADJUSTMENT_DATA',
  'POST_INVOICE_CONFIRMATION_DATA',
  'POST_EXPECTED_SHIP_DATE_SOD',
  'POST_FULFILLMENT_ORDER_REQUEST_DATA',
  'POST_FULFILLMENT_ORDER_CANCELLATION_REQUEST_DATA',
  'POST_FBA_INBOUND_CARTON_CONTENTS',
  'POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA',
  'POST_FLAT_FILE_PAYMENT_ADJUSTMENT_DATA',
  'POST_FLAT_FILE_FULFILLMENT_ORDER_REQUEST_DATA',
  'POST_FLAT_FILE_FULFILLMENT_ORDER_CANCELLATION_REQUEST_DATA',
  'POST_FLAT_FILE_FBA_CREATE_REMOVAL',
  'POST_EASYSHIP_DOCUMENTS',
  'UPLOAD_VAT_INVOICE',
  'RFQ_UPLOAD_FEED',
]);

export function isKnownFeedType(feedType: string): boolean {
  return feedJudges[feedType] !== undefined || retiredFeedTypes.has(feedType) || otherFeedTypes.has(feedType);
}
