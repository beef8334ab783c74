import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import { momentOf } from '../../checks/moment.js';
import { invalidInput } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import type { FbaStock, Listing } from '../../world/listing.js';
import type { Seller } from '../../world/seller.js';

type Query = ParamsOf<'fbaInventory', 'v1', 'getInventorySummaries'>;
type Result = NonNullable<ResponseOf<'fbaInventory', 'v1', 'getInventorySummaries'>['payload']>;
type Summary = Result['inventorySummaries'][number];

/** Amazon gives fifty summaries a page. */
const pageSize = 50;
const eighteenMonthsMs = 18 * 30.5 * 86_400_000;
const message = 'Request has missing or invalid parameters and cannot be parsed.';

/** FBA stock in order of the SKU. The token of a page lives for half a minute only, as Amazon's does. */
export const getInventorySummaries = implement('fbaInventory', 'v1', 'getInventorySummaries', (call) => {
  const { params, seller } = call;
  const marketplaceId = params.marketplaceIds[0] as string;
  if (params.granularityId !== marketplaceId)
    throw invalidInput(message, 'granularityId must be the marketplace of marketplaceIds.');
  checkStart(params, call.now());
  const owner = `fbaInventory.getInventorySummaries|${seller.sellerId}`;
  const query = JSON.stringify([
    marketplaceId,
    params.startDateTime,
    params.sellerSkus,
    params.sellerSku,
    params.details,
  ]);
  const after =
    params.nextToken === undefined
      ? undefined
      : call.pages.read<string>(owner, query, params.nextToken, 'nextToken');
  const listings = select(seller, marketplaceId, params);
  const start = after === undefined ? 0 : listings.findIndex((listing) => listing.sku > after);
  const page = start < 0 ? [] : listings.slice(start, start + pageSize);
  const more = start >= 0 && start + pageSize < listings.length;
  const last = page.at(-1)?.sku;
  return {
    payload: {
      granularity: { granularityType: 'Marketplace', granularityId: marketplaceId },
      inventorySummaries: page.map((listing) => summaryOf(listing, params.details === true)),
    },
    ...(more && last !== undefined
      ? { pagination: { nextToken: call.pages.issue(owner, query, last, call.inventoryPageTokenLifetimeMs) } }
      : {}),
  };
});

function checkStart(params: Query, nowMs: number): void {
  if (params.startDateTime === undefined) return;
  if ((momentOf(params.startDateTime) as number) < nowMs - eighteenMonthsMs)
    throw invalidInput(message, 'startDateTime must be no earlier than 18 months ago.');
}

/** `startDateTime` wins over `sellerSkus`, which wins over `sellerSku`; unknown SKUs are left out. */
function select(seller: Seller, marketplaceId: string, params: Query): readonly Listing[] {
  const sorted = seller.sortedListings(marketplaceId).filter((listing) => listing.fulfilledBy === 'AMAZON');
  if (params.startDateTime !== undefined) {
    const from = momentOf(params.startDateTime) as number;
    return sorted.filter((listing) => listing.stock.updatedMs >= from);
  }
  const skus = params.sellerSkus ?? (params.sellerSku === undefined ? undefined : [params.sellerSku]);
  if (skus === undefined) return sorted;
  const wanted = new Set(skus);
  return sorted.filter((listing) => wanted.has(listing.sku));
}

function summaryOf(listing: Listing, details: boolean): Summary {
  return {
    asin: listing.asin,
    fnSku: listing.fnSku,
    sellerSku: listing.sku,
    condition: 'NewItem',
    ...(details ? { inventoryDetails: detailsOf(listing.stock) } : {}),
    lastUpdatedTime: new Date(listing.stock.updatedMs).toISOString(),
    productName: listing.title,
    totalQuantity: totalOf(listing.stock),
    stores: [],
  };
}

function detailsOf(stock: FbaStock): Summary['inventoryDetails'] {
  const reserved = stock.reservedForOrders + stock.reservedForTransfer + stock.reservedForProcessing;
  return {
    fulfillableQuantity: stock.fulfillable,
    inboundWorkingQuantity: stock.inboundWorking,
    inboundShippedQuantity: stock.inboundShipped,
    inboundReceivingQuantity: stock.inboundReceiving,
    reservedQuantity: {
      totalReservedQuantity: reserved,
      pendingCustomerOrderQuantity: stock.reservedForOrders,
      pendingTransshipmentQuantity: stock.reservedForTransfer,
      fcProcessingQuantity: stock.reservedForProcessing,
    },
    researchingQuantity: {
      totalResearchingQuantity: 0,
      researchingQuantityBreakdown: [
        { name: 'researchingQuantityInShortTerm', quantity: 0 },
        { name: 'researchingQuantityInMidTerm', quantity: 0 },
        { name: 'researchingQuantityInLongTerm', quantity: 0 },
      ],
    },
    unfulfillableQuantity: {
      totalUnfulfillableQuantity: stock.unfulfillableDamaged + stock.unfulfillableDefective,
      customerDamagedQuantity: 0,
      warehouseDamagedQuantity: stock.unfulfillableDamaged,
      distributorDamagedQuantity: 0,
      carrierDamagedQuantity: 0,
      defectiveQuantity: stock.unfulfillableDefective,
      expiredQuantity: 0,
    },
  };
}

function totalOf(stock: FbaStock): number {
  return (
    stock.fulfillable +
    stock.inboundWorking +
    stock.inboundShipped +
    stock.inboundReceiving +
    stock.reservedForOrders +
    stock.reservedForTransfer +
    stock.reservedForProcessing +
    stock.unfulfillableDamaged +
    stock.unfulfillableDefective
  );
}
