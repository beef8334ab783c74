import type { Reports } from '@sp-api-sdk/schemas';
import { json, quoted, tsv, xml } from './report-type.js';

type Item<List> = List extends readonly (infer One)[] ? One : never;

const performance = 'developer-docs: report-type-values-performance';
const tax = 'developer-docs: report-type-values-tax';
const business = 'developer-docs: report-type-values-b2b-product-opportunities';
const vatCountries = ['ES', 'UK', 'FR', 'BE', 'NL', 'DE', 'IT', 'SE', 'PL'] as const;

/** How the account does, what the tax office wants, what businesses look for, and the tree of categories. */
export const otherReports = {
  GET_V2_SELLER_PERFORMANCE_REPORT: json<
    | {
        readonly at: 'accountStatuses';
        readonly row: Item<Reports.AccountHealthReport20201118['accountStatuses']>;
      }
    | {
        readonly at: 'performanceMetrics';
        readonly row: Item<Reports.AccountHealthReport20201118['performanceMetrics']>;
      }
  >(['accountStatuses', 'performanceMetrics'], {
    title: 'Account health',
    category: 'performance',
    dates: 'none',
    source: `@sp-api-sdk/schemas 1.12.1 accountHealthReport20201118; ${performance}`,
  }),
  GET_SELLER_FEEDBACK_DATA: tsv(
    {
      Date: 'text',
      Rating: 'integer',
      Comments: 'text',
      Response: 'text',
      'Order ID': 'text',
      'Rater Email': 'text',
    },
    {
      title: 'Negative and neutral feedback',
      category: 'performance',
      dates: 'optional',
      source: `${performance}; columns inferred from users' files, whose headers are in the marketplace's language outside of English`,
    },
  ),
  GET_VAT_TRANSACTION_DATA: tsv(
    {
      UNIQUE_ACCOUNT_IDENTIFIER: 'text',
      ACTIVITY_PERIOD: 'text!',
      SALES_CHANNEL: 'text',
      MARKETPLACE: 'text',
      PROGRAM_TYPE: 'text',
      TRANSACTION_TYPE: 'text!',
      TRANSACTION_EVENT_ID: 'text',
      ACTIVITY_TRANSACTION_ID: 'text',
      TAX_CALCULATION_DATE: 'text',
      TRANSACTION_DEPART_DATE: 'text',
      TRANSACTION_ARRIVAL_DATE: 'text',
      TRANSACTION_COMPLETE_DATE: 'text',
      SELLER_SKU: 'text',
      ASIN: 'text',
      ITEM_DESCRIPTION: 'text',
      QTY: 'text',
      TRANSACTION_CURRENCY_CODE: 'text',
      TOTAL_ACTIVITY_VALUE_AMT_VAT_INCL: 'text',
      TOTAL_ACTIVITY_VALUE_VAT_AMT: 'text',
      TOTAL_ACTIVITY_VALUE_AMT_VAT_EXCL: 'text',
    },
    {
      title: 'VAT transactions of a month',
      category: 'tax',
      restricted: true,
      regions: ['eu'],
      countries: vatCountries,
      dates: 'required',
      maxDays: 31,
      charset: 'utf-8',
      source: `${tax}; changelog: from the third of a month on, FATAL before; columns inferred from users' files, all others come as text under their own headers`,
    },
  ),
  SC_VAT_TAX_REPORT: quoted(
    ',',
    {
      'Order ID': 'text',
      'Order Date': 'text',
      'Transaction Type': 'text',
      'Transaction ID': 'text',
      'Shipment Date': 'text',
      SKU: 'text',
      ASIN: 'text',
      Quantity: 'text',
      Currency: 'text',
    },
    {
      title: 'VAT calculation',
      category: 'tax',
      restricted: true,
      regions: ['eu'],
      countries: vatCountries,
      dates: 'required',
      maxDays: 31,
      source: `${tax}; columns inferred, all others come as text under their own headers`,
    },
  ),
  GET_GST_MTR_B2B_CUSTOM: quoted(
    ',',
    {
      'Seller Gstin': 'text',
      'Invoice Number': 'text',
      'Invoice Date': 'text',
      'Transaction Type': 'text',
      'Order Id': 'text',
      'Shipment Id': 'text',
      Quantity: 'text',
      Asin: 'text',
      Sku: 'text',
      'Invoice Amount': 'text',
    },
    {
      title: 'GST, business orders',
      category: 'tax',
      restricted: true,
      regions: ['eu'],
      countries: ['IN'],
      dates: 'required',
      maxDays: 31,
      source: `${tax}; columns and commas inferred from users' files, where Amazon's page says tabs`,
    },
  ),
  GET_GST_MTR_B2C_CUSTOM: quoted(
    ',',
    {
      'Seller Gstin': 'text',
      'Invoice Number': 'text',
      'Invoice Date': 'text',
      'Transaction Type': 'text',
      'Order Id': 'text',
      'Shipment Id': 'text',
      Quantity: 'text',
      Asin: 'text',
      Sku: 'text',
      'Invoice Amount': 'text',
    },
    {
      title: 'GST, consumers’ orders',
      category: 'tax',
      regions: ['eu'],
      countries: ['IN'],
      dates: 'required',
      maxDays: 31,
      source: `${tax}; columns and commas inferred from users' files, where Amazon's page says tabs`,
    },
  ),
  GET_FLAT_FILE_SALES_TAX_DATA: tsv(
    { Order_ID: 'text', Transaction_Type: 'text', Tax_Collection_Model: 'text' },
    {
      title: 'Sales tax',
      category: 'tax',
      availability: 'found',
      regions: ['na'],
      countries: ['US'],
      dates: 'none',
      source: `${tax}: made by the seller in the Tax Document Library; columns come as text under their own headers`,
    },
  ),
  GET_B2B_PRODUCT_OPPORTUNITIES_RECOMMENDED_FOR_YOU: json<
    Item<Reports.B2bProductOpportunitiesRecommendedForYouReport20201119['recommendations']>
  >('recommendations', {
    title: 'Business demand for products on Amazon',
    category: 'business',
    regions: ['na', 'eu'],
    countries: ['US', 'ES', 'UK', 'FR', 'DE', 'IT'],
    dates: 'none',
    source: `@sp-api-sdk/schemas 1.12.1 b2bProductOpportunitiesRecommendedForYouReport20201119; ${business}`,
  }),
  GET_B2B_PRODUCT_OPPORTUNITIES_NOT_YET_ON_AMAZON: json<
    Item<Reports.B2bProductOpportunitiesNotYetOnAmazonReport20201119['recommendations']>
  >('recommendations', {
    title: 'Business demand for products not yet on Amazon',
    category: 'business',
    regions: ['na', 'eu'],
    countries: ['US', 'ES', 'UK', 'FR', 'DE', 'IT'],
    dates: 'none',
    source: `@sp-api-sdk/schemas 1.12.1 b2bProductOpportunitiesNotYetOnAmazonReport20201119; ${business}`,
  }),
  GET_XML_BROWSE_TREE_DATA: xml('Node', ['attribute', 'id', 'refinementField', 'browseNodeAttribute'], {
    title: 'The tree of categories',
    category: 'catalog',
    availability: 'request-or-schedule',
    dates: 'none',
    options: {
      MarketplaceId: { about: 'The marketplace whose tree it is; the seller’s own by default.' },
      RootNodesOnly: { values: ['true', 'false'], about: 'Only the roots.' },
      BrowseNodeId: { about: 'The node that is the top of what is told.' },
    },
    source: 'developer-docs: report-type-values-browse-tree, BrowseTreeReport.xsd',
  }),
} as const;
