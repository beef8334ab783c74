import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { invalidInput } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import { newListing } from '../../world/new-listing.js';
import { watchListings } from '../listings/watch-listings.js';

/** Operations that exist on Amazon's sandbox hosts only: FBA stock made by hand. */

const created = z.object({
  sellerSku: z.string().min(1),
  marketplaceId: z.string(),
  productName: z.string().min(1),
});
const added = z.object({
  inventoryItems: z
    .array(z.object({ sellerSku: z.string(), marketplaceId: z.string(), quantity: z.int().min(0) }))
    .min(1),
});

export const createInventoryItem = implement('fbaInventory', 'v1', 'createInventoryItem', (call) => {
  const { sellerSku, marketplaceId, productName } = readBody(created, call.params.body);
  if (call.seller.listing(marketplaceId, sellerSku) !== undefined)
    throw invalidInput('Request body is invalid.', `There is a SKU ${sellerSku} already.`);
  const listing = newListing({
    seed: call.world.seed,
    sellerId: call.seller.sellerId,
    sku: sellerSku,
    marketplaceId,
    productType: 'PRODUCT',
    asin: undefined,
    nowMs: call.now(),
  });
  listing.title = productName;
  listing.fulfilledBy = 'AMAZON';
  call.seller.putListing(listing);
  return {};
});

export const addInventory = implement('fbaInventory', 'v1', 'addInventory', (call) => {
  const { inventoryItems } = readBody(added, call.params.body);
  const found = inventoryItems.map((item) => ({
    item,
    listing: call.seller.listing(item.marketplaceId, item.sellerSku),
  }));
  for (const { item, listing } of found)
    if (listing === undefined)
      throw invalidInput('Request body is invalid.', `There is no SKU ${item.sellerSku}.`);
  const { notify, now, seller } = call;
  for (const { item, listing } of found) {
    if (listing === undefined) continue;
    const scene = { seller, marketplaceIds: [item.marketplaceId], nowMs: now(), notify };
    watchListings(scene, item.sellerSku, () => {
      listing.stock.fulfillable += item.quantity;
      listing.stock.updatedMs = scene.nowMs;
    });
  }
  return {};
});

export const deleteInventoryItem = implement('fbaInventory', 'v1', 'deleteInventoryItem', (call) => {
  const { sellerSku, marketplaceId } = call.params;
  if (!call.seller.deleteListing(marketplaceId, sellerSku))
    throw invalidInput(
      'Request has missing or invalid parameters and cannot be parsed.',
      `There is no SKU ${sellerSku}.`,
    );
  return {};
});
