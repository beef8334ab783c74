import type { ResponseOf } from '@fluxori/amazon-sp-models';
import type { Catalog } from '../../world/catalog.js';
import type { Listing } from '../../world/listing.js';
import { imageOf } from '../catalog/render-item.js';
import { decimalOf, marketplaceOfRecord } from '../money.js';
import { amazonChannelOf, attributesOf } from './attributes.js';

type Item = ResponseOf<'listingsItems', '2021-08-01', 'getListingsItem'>;

/**
 * A SKU as the Listings Items API shows it.
 *
 * @param listings - the same SKU in each of the marketplaces asked for; at least one.
 */
export function renderListing(
  listings: readonly Listing[],
  catalog: Catalog,
  included: ReadonlySet<string>,
): Item {
  const [first] = listings as readonly [Listing, ...Listing[]];
  return {
    sku: first.sku,
    ...(included.has('summaries') ? { summaries: listings.map((one) => summaryOf(one, catalog)) } : {}),
    ...(included.has('attributes') ? { attributes: attributesOf(first) } : {}),
    ...(included.has('issues') ? { issues: issuesOf(listings) } : {}),
    ...(included.has('offers') ? { offers: listings.map(offerOf) } : {}),
    ...(included.has('fulfillmentAvailability') ? { fulfillmentAvailability: [availabilityOf(first)] } : {}),
    ...(included.has('procurement') ? { procurement: [] } : {}),
    ...(included.has('relationships')
      ? { relationships: listings.map(({ marketplaceId }) => ({ marketplaceId, relationships: [] })) }
      : {}),
    ...(included.has('productTypes')
      ? { productTypes: listings.map(({ marketplaceId, productType }) => ({ marketplaceId, productType })) }
      : {}),
  };
}

/** Shoppers can buy what has stock; they can find whatever is listed. */
export function statusOf(listing: Listing): ('BUYABLE' | 'DISCOVERABLE')[] {
  const available = listing.fulfilledBy === 'AMAZON' ? listing.stock.fulfillable : listing.quantity;
  return available > 0 ? ['BUYABLE', 'DISCOVERABLE'] : ['DISCOVERABLE'];
}

function summaryOf(listing: Listing, catalog: Catalog): NonNullable<Item['summaries']>[number] {
  const product = catalog.byAsin(listing.asin);
  return {
    marketplaceId: listing.marketplaceId,
    asin: listing.asin,
    productType: listing.productType,
    conditionType: 'new_new',
    status: statusOf(listing),
    ...(listing.fulfilledBy === 'AMAZON' ? { fnSku: listing.fnSku } : {}),
    itemName: listing.title,
    createdDate: new Date(listing.createdMs).toISOString(),
    lastUpdatedDate: new Date(listing.updatedMs).toISOString(),
    ...(product === undefined ? {} : { mainImage: pictureOf(imageOf(product)) }),
  };
}

function pictureOf({ link, height, width }: ReturnType<typeof imageOf>): {
  link: string;
  height: number;
  width: number;
} {
  return { link, height, width };
}

function issuesOf(listings: readonly Listing[]): NonNullable<Item['issues']> {
  return listings.flatMap(({ issues, marketplaceId }) =>
    issues.map(({ attributeNames, categories, ...issue }) => ({
      ...issue,
      attributeNames: [...attributeNames],
      categories: [...categories],
      marketplaceIds: [marketplaceId],
    })),
  );
}

function offerOf(listing: Listing): NonNullable<Item['offers']>[number] {
  const marketplace = marketplaceOfRecord(listing);
  return {
    marketplaceId: listing.marketplaceId,
    offerType: 'B2C',
    price: { currencyCode: marketplace.currency, amount: decimalOf(listing.priceCents, marketplace) },
    audience: { value: 'ALL', displayName: 'Sell on Amazon' },
  };
}

function availabilityOf(listing: Listing): NonNullable<Item['fulfillmentAvailability']>[number] {
  return listing.fulfilledBy === 'MERCHANT'
    ? { fulfillmentChannelCode: 'DEFAULT', quantity: listing.quantity }
    : { fulfillmentChannelCode: amazonChannelOf(listing) };
}
