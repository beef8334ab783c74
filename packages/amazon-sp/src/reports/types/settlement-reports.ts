import { tsv } from './report-type.js';

const amount = { type: 'money', decimal: 'either' } as const;

/** What Amazon paid out. Made by Amazon when a settlement period ends; looked for, never asked for. Amounts and dates in the marketplace's way. */
export const settlementReports = {
  GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2: tsv(
    {
      'settlement-id': 'text!',
      'settlement-start-date': 'text',
      'settlement-end-date': 'text',
      'deposit-date': 'text',
      'total-amount': { name: 'totalAmount', ...amount },
      currency: 'text',
      'transaction-type': 'text!',
      'order-id': 'text',
      'merchant-order-id': 'text',
      'adjustment-id': 'text',
      'shipment-id': 'text',
      'marketplace-name': 'text',
      'amount-type': 'text!',
      'amount-description': 'text',
      amount: { name: 'amount', ...amount, required: true },
      'fulfillment-id': 'text',
      'posted-date': 'text',
      'posted-date-time': 'instant',
      'order-item-code': 'text',
      'merchant-order-item-id': 'text',
      'merchant-adjustment-item-id': 'text',
      sku: 'text',
      'quantity-purchased': 'integer',
      'promotion-id': 'text',
    },
    {
      title: 'Settlements, version 2',
      category: 'settlements',
      availability: 'found',
      dates: 'none',
      source:
        'developer-docs: report-type-values-settlement, settlement-reports-attributes; changelog on two settlement report types (local amounts, form of posted-date-time)',
    },
  ),
} as const;
