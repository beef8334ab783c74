import { seededRandom } from './seeded-random.js';

/** The columns of Amazon's report of all orders (GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL), with the types that the product reads. */
export const orderColumns = {
  'amazon-order-id': 'text',
  'merchant-order-id': 'text',
  'purchase-date': 'instant',
  'last-updated-date': 'instant',
  'order-status': 'text',
  'fulfillment-channel': 'text',
  'sales-channel': 'text',
  'order-channel': 'text',
  'ship-service-level': 'text',
  'product-name': 'text',
  sku: 'text',
  asin: 'text',
  'item-status': 'text',
  quantity: 'integer',
  currency: 'text',
  'item-price': 'money',
  'item-tax': 'money',
  'shipping-price': 'money',
  'shipping-tax': 'money',
  'gift-wrap-price': 'money',
  'gift-wrap-tax': 'money',
  'item-promotion-discount': 'money',
  'ship-promotion-discount': 'money',
  'ship-city': 'text',
  'ship-state': 'text',
  'ship-postal-code': 'text',
  'ship-country': 'text',
  'promotion-ids': 'text',
  'is-business-order': 'boolean',
  'purchase-order-number': 'text',
  'price-designation': 'text',
} as const;

const products = [
  'Rooibos tea, 80 bags',
  'Fußmatte „Willkommen“ 60 × 40 cm',
  'Théière en fonte émaillée 0,8 l',
  'USB-C charger 65 W, 3 ports, incl. 2 m cable',
  '電気ケトル 1.0L ステンレス 5" 表示',
  'Braai tongs, stainless steel (45 cm)',
  'Ручка гелевая, 12 шт.',
];
const cities = ['Kaapstad', 'Köln', 'Besançon', 'Łódź', '大阪市', 'Port Elizabeth / Gqeberha', 'São Paulo'];
const countries = ['ZA', 'DE', 'FR', 'PL', 'JP', 'ZA', 'BR'];
const statuses = ['Shipped', 'Shipped', 'Shipped', 'Pending', 'Cancelled'];

/** The report's first line. */
export const orderHeader = `${Object.keys(orderColumns).join('\t')}\r\n`;

/** Lines of the report, always the same ones. @param leastBytes - as UTF-8. */
export function orderLines(leastBytes: number): { text: Buffer; rows: number } {
  const random = seededRandom(4);
  const pieces: Buffer[] = [];
  let [bytes, rows] = [0, 0];
  while (bytes < leastBytes) {
    const lines = Array.from({ length: 1_000 }, () => orderLine(random));
    const piece = Buffer.from(lines.join(''));
    pieces.push(piece);
    bytes += piece.length;
    rows += lines.length;
  }
  return { text: Buffer.concat(pieces), rows };
}

function orderLine(random: () => number): string {
  const below = (limit: number) => Math.floor(random() * limit);
  const place = below(cities.length);
  const instant = () => new Date(1_780_000_000_000 + below(2_000_000) * 1000).toISOString();
  const at = () => instant().replace('.000Z', '+00:00');
  const money = (most: number) => (below(most * 100) / 100).toFixed(2);
  const number = below(90_000);
  const cells = [
    `${100 + below(900)}-${1_000_000 + below(9_000_000)}-${1_000_000 + below(9_000_000)}`,
    below(3) === 0 ? `M-${below(1_000_000)}` : '',
    at(),
    at(),
    statuses[below(statuses.length)],
    below(2) === 0 ? 'Amazon' : 'Merchant',
    'Amazon.co.za',
    '',
    below(4) === 0 ? 'Expedited' : 'Standard',
    `${products[below(products.length)]} #${number}`,
    `SKU-${number}`,
    `B0${number.toString(36).toUpperCase().padStart(8, '0')}`,
    'Shipped',
    `${1 + below(4)}`,
    'ZAR',
    money(2_000),
    money(300),
    ...(below(2) === 0 ? [money(90), money(12)] : ['', '']),
    '',
    '',
    ...(below(8) === 0 ? [money(50), '0.00'] : ['', '']),
    cities[place],
    '',
    `${1_000 + below(9_000)}`,
    countries[place],
    below(8) === 0 ? `PAWS-V2-${below(100_000_000)} ZA Core Free Shipping 2026` : '',
    below(9) === 0 ? 'true' : 'false',
    '',
    '',
  ];
  return `${cells.join('\t')}\r\n`;
}
