import { Prng } from '../random/prng.js';
import type { Listing } from './listing.js';

const base36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A listing that a seller puts up now: without stock, at no price, until its attributes say more. */
export function newListing(facts: {
  readonly seed: number;
  readonly sellerId: string;
  readonly sku: string;
  readonly marketplaceId: string;
  readonly productType: string;
  /** The product in the catalogue; without it, Amazon makes one. */
  readonly asin: string | undefined;
  readonly nowMs: number;
}): Listing {
  const prng = Prng.of(facts.seed, 'new-listing', facts.sellerId, facts.marketplaceId, facts.sku);
  return {
    sku: facts.sku,
    asin: facts.asin ?? `B0${prng.text(8, base36)}`,
    fnSku: `X00${prng.text(7, base36)}`,
    marketplaceId: facts.marketplaceId,
    productType: facts.productType,
    title: facts.sku,
    fulfilledBy: 'MERCHANT',
    quantity: 0,
    priceCents: 0,
    createdMs: facts.nowMs,
    updatedMs: facts.nowMs,
    attributes: {},
    issues: [],
    stock: {
      fulfillable: 0,
      inboundWorking: 0,
      inboundShipped: 0,
      inboundReceiving: 0,
      reservedForOrders: 0,
      reservedForTransfer: 0,
      reservedForProcessing: 0,
      unfulfillableDamaged: 0,
      unfulfillableDefective: 0,
      updatedMs: facts.nowMs,
    },
  };
}
