import { tsv } from './report-type.js';

const source = 'developer-docs: report-type-values-inventory, inventory-reports-attributes';
const custom = {
  custom: {
    values: ['true', 'false'],
    about: 'Whether the columns are those that the seller chose in Seller Central.',
  },
  preferredReportDocumentLocale: {
    about: 'The language of the headers, such as en_US. With another the columns keep their own names.',
  },
} as const;

const listing = {
  'item-name': 'text',
  'item-description': 'text',
  'listing-id': 'text',
  'seller-sku': 'text',
  price: 'money',
  quantity: 'integer',
  'open-date': 'text',
  'image-url': 'text',
  'item-is-marketplace': 'text',
  'product-id-type': 'text',
  'zshop-shipping-fee': 'text',
  'item-note': 'text',
  'item-condition': 'text',
  'zshop-category1': 'text',
  'zshop-browse-path': 'text',
  'zshop-storefront-feature': 'text',
  asin1: 'text',
  asin2: 'text',
  asin3: 'text',
  'will-ship-internationally': 'text',
  'expedited-shipping': 'text',
  'zshop-boldface': 'text',
  'product-id': 'text',
  'bid-for-featured-placement': 'text',
  'add-delete': 'text',
  'pending-quantity': 'integer',
  'fulfillment-channel': 'text',
  'merchant-shipping-group': 'text',
  status: 'text',
  'Business Price': 'money',
  'Minimum order quantity': 'integer',
} as const;

const facts = { category: 'listings', dates: 'none', marketplaces: 'one', source } as const;

/** What a seller offers. Snapshots: the span of time is not looked at. One marketplace in each. Headers may be in the marketplace's language, so no column is required. */
export const listingReports = {
  GET_MERCHANT_LISTINGS_ALL_DATA: tsv(listing, { ...facts, title: 'All listings', options: custom }),
  GET_MERCHANT_LISTINGS_DATA: tsv(listing, { ...facts, title: 'Active listings', options: custom }),
  GET_MERCHANT_LISTINGS_INACTIVE_DATA: tsv(listing, {
    ...facts,
    title: 'Inactive listings',
    options: custom,
  }),
  GET_MERCHANT_LISTINGS_DATA_BACK_COMPAT: tsv(listing, { ...facts, title: 'Open listings', options: custom }),
  GET_MERCHANT_CANCELLED_LISTINGS_DATA: tsv(listing, {
    ...facts,
    title: 'Cancelled listings',
    options: custom,
  }),
  GET_FLAT_FILE_OPEN_LISTINGS_DATA: tsv(
    {
      sku: 'text',
      asin: 'text',
      price: 'money',
      quantity: 'integer',
      'Business Price': 'money',
      'Quantity Price Type': 'text',
      'Quantity Lower Bound 1': 'integer',
      'Quantity Price 1': 'money',
      'Quantity Lower Bound 2': 'integer',
      'Quantity Price 2': 'money',
      'Quantity Lower Bound 3': 'integer',
      'Quantity Price 3': 'money',
      'Quantity Lower Bound 4': 'integer',
      'Quantity Price 4': 'money',
      'Quantity Lower Bound 5': 'integer',
      'Quantity Price 5': 'money',
      'Progressive Price Type': 'text',
      'Progressive Lower Bound 1': 'integer',
      'Progressive Price 1': 'money',
      'Progressive Lower Bound 2': 'integer',
      'Progressive Price 2': 'money',
      'Progressive Lower Bound 3': 'integer',
      'Progressive Price 3': 'money',
    },
    { ...facts, title: 'Inventory of open listings, with business prices', options: custom },
  ),
  GET_MERCHANT_LISTINGS_DATA_LITE: tsv(
    { 'seller-sku': 'text', quantity: 'integer', price: 'money', 'product-id': 'text' },
    { ...facts, title: 'Open listings, lite', source: `${source}; header names inferred` },
  ),
  GET_MERCHANT_LISTINGS_DATA_LITER: tsv(
    { 'seller-sku': 'text', quantity: 'integer' },
    { ...facts, title: 'Open listings, liter', source: `${source}; header names inferred` },
  ),
  GET_REFERRAL_FEE_PREVIEW_REPORT: tsv(
    {
      'seller-sku': 'text',
      asin: 'text',
      'item-name': 'text',
      price: 'money',
      'estimated-referral-fee-per-item': 'text',
    },
    {
      ...facts,
      title: 'Referral fees of open listings',
      atMostEveryMinutes: 1_440,
      source: `${source}; columns from users' published readers of this report (November 2026)`,
    },
  ),
  GET_MERCHANTS_LISTINGS_FYP_REPORT: tsv(
    {
      Status: 'text',
      Reason: 'text',
      SKU: 'text',
      ASIN: 'text',
      'Product name': 'text',
      Condition: 'text',
      'Status Change Date': 'text',
      'Issue Description': 'text',
    },
    {
      ...facts,
      title: 'Suppressed listings, and why',
      source: `${source}; columns from users' published readers of this report (November 2026); dates come as in "Nov 21, 2026"`,
    },
  ),
} as const;
