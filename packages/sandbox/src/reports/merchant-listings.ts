import { decimalOf } from '../operations/money.js';
import { flatFile, iso, type ReportCell, type ReportMaker } from './report-maker.js';

/** Source: developer-docs.amazon.com/sp-api/docs/report-type-values-inventory, checked November 2026. */
const columns = [
  'item-name',
  'listing-id',
  'seller-sku',
  'price',
  'quantity',
  'open-date',
  'item-condition',
  'asin1',
  'product-id',
  'fulfillment-channel',
  'status',
] as const;

/** One row for each listing of the first marketplace that was asked for. */
export const merchantListings: ReportMaker = ({ marketplaces, seller }) => {
  const [marketplace] = marketplaces;
  if (marketplace === undefined) return undefined;
  const rows = function* (): Generator<Record<(typeof columns)[number], ReportCell>> {
    for (const listing of seller.sortedListings(marketplace.id)) {
      const byAmazon = listing.fulfilledBy === 'AMAZON';
      yield {
        'item-name': listing.title,
        'listing-id': listing.fnSku.slice(-7),
        'seller-sku': listing.sku,
        price: decimalOf(listing.priceCents, marketplace),
        quantity: byAmazon ? undefined : listing.quantity,
        'open-date': iso(listing.createdMs),
        'item-condition': 11,
        asin1: listing.asin,
        'product-id': listing.asin,
        'fulfillment-channel': byAmazon ? `AMAZON_${marketplace.region.toUpperCase()}` : 'DEFAULT',
        status: byAmazon || listing.quantity > 0 ? 'Active' : 'Inactive',
      };
    }
  };
  return flatFile(columns, rows());
};
