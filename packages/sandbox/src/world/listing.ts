import { Prng } from '../random/prng.js';
import type { CatalogProduct } from './catalog.js';
import type { Marketplace } from './marketplaces.js';

/** What a seller offers under one SKU in one marketplace. Amounts in hundredths of the currency. */
export interface Listing {
  readonly sku: string;
  readonly asin: string;
  readonly fnSku: string;
  readonly marketplaceId: string;
  productType: string;
  title: string;
  fulfilledBy: 'AMAZON' | 'MERCHANT';
  /** What the merchant has (fulfilment channel DEFAULT). */
  quantity: number;
  priceCents: number;
  readonly createdMs: number;
  updatedMs: number;
  /** What was put or patched and is neither price, nor quantity, nor name. */
  attributes: Record<string, unknown>;
  readonly issues: readonly ListingIssue[];
  /** Stock in Amazon's fulfilment centres. */
  readonly stock: FbaStock;
}

/** Something that Amazon has against a listing. */
export interface ListingIssue {
  readonly code: string;
  readonly message: string;
  readonly severity: 'ERROR' | 'WARNING';
  readonly attributeNames: readonly string[];
  readonly categories: readonly string[];
}

export interface FbaStock {
  fulfillable: number;
  inboundWorking: number;
  inboundShipped: number;
  inboundReceiving: number;
  reservedForOrders: number;
  reservedForTransfer: number;
  reservedForProcessing: number;
  unfulfillableDamaged: number;
  unfulfillableDefective: number;
  updatedMs: number;
}

const missingPicture: ListingIssue = {
  code: '18027',
  message: 'The main image is missing or too small. Shoppers may not find this listing.',
  severity: 'WARNING',
  attributeNames: ['main_product_image_locator'],
  categories: ['MISSING_IMAGE'],
};

const day = 86_400_000;

export function inventListing(
  seed: number,
  sellerId: string,
  marketplace: Marketplace,
  product: CatalogProduct,
  epochMs: number,
): Listing {
  const prng = Prng.of(seed, 'listing', sellerId, marketplace.id, product.index);
  const byAmazon = prng.chance(0.7);
  const createdMs = epochMs - prng.integer(40 * day, 400 * day);
  const updatedMs = epochMs - prng.integer(1_000, 30 * day);
  const factor = marketplace.perRand * (0.92 + prng.next() * 0.16);
  const cents = Math.max(100, Math.round(product.rand * factor * 100));
  return {
    sku: skuOf(product),
    asin: product.asin,
    fnSku: `X00${prng.text(7, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ')}`,
    marketplaceId: marketplace.id,
    productType: product.line.productType,
    title: product.title,
    fulfilledBy: byAmazon ? 'AMAZON' : 'MERCHANT',
    quantity: byAmazon ? 0 : prng.integer(0, 60),
    priceCents: marketplace.decimals === 0 ? Math.round(cents / 100) * 100 : cents,
    createdMs,
    updatedMs,
    attributes: {},
    issues: prng.chance(0.04) ? [missingPicture] : [],
    stock: {
      fulfillable: byAmazon ? prng.integer(0, 240) : 0,
      inboundWorking: byAmazon && prng.chance(0.1) ? prng.integer(10, 100) : 0,
      inboundShipped: byAmazon && prng.chance(0.15) ? prng.integer(10, 100) : 0,
      inboundReceiving: byAmazon && prng.chance(0.05) ? prng.integer(5, 50) : 0,
      reservedForOrders: byAmazon ? prng.integer(0, 8) : 0,
      reservedForTransfer: byAmazon && prng.chance(0.1) ? prng.integer(1, 20) : 0,
      reservedForProcessing: byAmazon && prng.chance(0.1) ? prng.integer(1, 5) : 0,
      unfulfillableDamaged: byAmazon && prng.chance(0.08) ? prng.integer(1, 3) : 0,
      unfulfillableDefective: byAmazon && prng.chance(0.05) ? prng.integer(1, 2) : 0,
      updatedMs,
    },
  };
}

/** The SKU under which the seeded sellers list a product: `TEA-00000`, `JERKY-00001` ... */
export function skuOf(product: CatalogProduct): string {
  return `${product.line.productType.replaceAll('_', '')}-${String(product.index).padStart(5, '0')}`;
}
