import type { JsonValue } from '@fluxori/core';
import type { ListingPatch } from '../listings/listing-mapping.js';

type Attributes = Readonly<Record<string, JsonValue>>;

interface Subject {
  readonly sku: string;
  /** Unique within the feed, 1 to 2,147,483,647; given in order when left out. */
  readonly messageId?: number;
}

/** One change of one listing. Source: Selling Partner Listings Feed (v2). */
export type ListingsMessage = Subject &
  (
    | {
        /** Replaces all attributes. */
        readonly operationType: 'UPDATE';
        readonly productType: string;
        readonly requirements?: 'LISTING' | 'LISTING_PRODUCT_ONLY' | 'LISTING_OFFER_ONLY';
        readonly attributes: Attributes;
      }
    | {
        /** Replaces the attributes named. */
        readonly operationType: 'PARTIAL_UPDATE';
        readonly productType: string;
        readonly attributes: Attributes;
      }
    | {
        readonly operationType: 'PATCH';
        readonly productType: string;
        readonly patches: readonly ListingPatch[];
      }
    | { readonly operationType: 'DELETE' }
  );

/** Data of the listings that Amazon adds to the processing report. */
export type ReportedData =
  | 'summaries'
  | 'attributes'
  | 'issues'
  | 'offers'
  | 'fulfillmentAvailability'
  | 'procurement'
  | 'relationships'
  | 'productTypes';

/** What a feed says of itself. */
export interface ListingsFeedHeader {
  readonly sellerId: string;
  /** The language of issues, e.g. `en_US`; the first marketplace's by default. */
  readonly issueLocale?: string;
  /** Adds the listings as they are afterwards to the processing report, which grows much. */
  readonly includedData?: readonly ReportedData[];
}
