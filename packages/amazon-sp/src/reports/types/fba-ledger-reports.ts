import { quoted } from './report-type.js';

const source =
  'developer-docs: fba-inventory-reports-attributes, report-type-values-fba; headers with blanks and quoted cells inferred from users’ files';
const fba = { category: 'fba-inventory', needs: 'fba', dates: 'required', oldestDays: 548, source } as const;

/** What became of the stock that lies with Amazon, day by day and piece by piece. */
export const fbaLedgerReports = {
  GET_LEDGER_SUMMARY_VIEW_DATA: quoted(
    '\t',
    {
      Date: 'text!',
      FNSKU: 'text',
      ASIN: 'text',
      MSKU: 'text!',
      Title: 'text',
      Disposition: 'text',
      'Starting Warehouse Balance': 'integer',
      'In Transit Between Warehouses': 'integer',
      Receipts: 'integer',
      'Customer Shipments': 'integer',
      'Customer Returns': 'integer',
      'Vendor Returns': 'integer',
      'Warehouse Transfer In/Out': 'integer',
      Found: 'integer',
      Lost: 'integer',
      Damaged: 'integer',
      Disposed: 'integer',
      'Other Events': 'integer',
      'Ending Warehouse Balance': 'integer',
      'Unknown Events': 'integer',
      Location: 'text',
    },
    {
      ...fba,
      title: 'Inventory ledger, summary',
      aggregated: true,
      options: {
        aggregateByLocation: { values: ['COUNTRY', 'FC'], about: 'Sums by country or by fulfilment centre.' },
        aggregatedByTimePeriod: {
          values: ['DAILY', 'WEEKLY', 'MONTHLY'],
          about: 'Sums by day, week or month.',
        },
      },
    },
  ),
  GET_LEDGER_DETAIL_VIEW_DATA: quoted(
    '\t',
    {
      Date: 'text!',
      FNSKU: 'text',
      ASIN: 'text',
      MSKU: 'text!',
      Title: 'text',
      'Event Type': 'text',
      'Reference ID': 'text',
      Quantity: 'integer!',
      'Fulfillment Center': 'text',
      Disposition: 'text',
      Reason: 'text',
      Country: 'text',
      'Reconciled Quantity': 'integer',
      'Unreconciled Quantity': 'integer',
    },
    {
      ...fba,
      title: 'Inventory ledger, detail',
      options: {
        eventType: {
          values: [
            'Adjustments',
            'CustomerReturns',
            'Receipts',
            'Shipments',
            'VendorReturns',
            'WhseTransfers',
          ],
          about: 'Only events of this kind.',
        },
      },
    },
  ),
} as const;
