import { NotFoundError } from '@fluxori/core';
import { Prng } from '../random/prng.js';
import type { Catalog } from './catalog.js';
import { Correspondence } from './correspondence.js';
import { inventNewOrder, inventPastOrder, type OrderSetting } from './invent-order.js';
import { inventListing, type Listing } from './listing.js';
import { findMarketplace, type Marketplace } from './marketplaces.js';
import { leftOf, type OrderLine, type OrderStatus, type StoredOrder } from './order.js';
import { OrderBook } from './order-book.js';
import { OutboundBook } from './outbound-order.js';
import { inventPerson, type Person } from './people.js';
import type { BoughtLabel } from './shipping-label.js';

/** An invoice that was handed in for a shipment, and how far its check is. */
export interface ShipmentInvoice {
  status: 'Processing' | 'Accepted' | 'Errored';
  /** What the check will find. */
  readonly isRight: boolean;
  /** How often one was handed in. */
  readonly times: number;
}

export interface SellerSeed {
  readonly sellerId: string;
  readonly name: string;
  readonly marketplaces: readonly Marketplace[];
  readonly orders: number;
  readonly skus: number;
  readonly orderDays: number;
}

const day = 86_400_000;

/** One selling partner: what he lists, what he has in stock and what he sold. */
export class Seller {
  readonly sellerId: string;
  readonly name: string;
  readonly marketplaces: readonly Marketplace[];
  readonly orders = new OrderBook();
  readonly correspondence = new Correspondence();
  readonly outbound = new OutboundBook();
  /** Labels bought of Amazon, by the id of the shipment. */
  readonly labels = new Map<string, BoughtLabel>();
  /** Invoices for shipments in Brazil, by shipment. */
  readonly shipmentInvoices = new Map<string, ShipmentInvoice>();
  readonly #seed: number;
  readonly #listings = new Map<string, Map<string, Listing>>();
  /** By marketplace, in order of the SKU; made anew after a SKU has come or gone. */
  readonly #sorted = new Map<string, readonly Listing[]>();
  #nextOrder: number;

  constructor(seed: number, plan: SellerSeed, catalog: Catalog, epochMs: number) {
    this.#seed = seed;
    this.sellerId = plan.sellerId;
    this.name = plan.name;
    this.marketplaces = plan.marketplaces;
    catalog.grow(plan.skus);
    for (const marketplace of plan.marketplaces) {
      const bySku = new Map<string, Listing>();
      for (let i = 0; i < plan.skus; i++) {
        const listing = inventListing(seed, plan.sellerId, marketplace, catalog.at(i), epochMs);
        bySku.set(listing.sku, listing);
      }
      this.#listings.set(marketplace.id, bySku);
    }
    this.#nextOrder = plan.orders;
    this.orders.fill(this.#past(plan, epochMs));
  }

  listings(marketplaceId: string): ReadonlyMap<string, Listing> {
    return this.#listings.get(marketplaceId) ?? new Map();
  }

  /** In order of the SKU. */
  sortedListings(marketplaceId: string): readonly Listing[] {
    let sorted = this.#sorted.get(marketplaceId);
    if (sorted === undefined) {
      sorted = [...this.listings(marketplaceId).values()].sort((a, b) => (a.sku < b.sku ? -1 : 1));
      this.#sorted.set(marketplaceId, sorted);
    }
    return sorted;
  }

  listing(marketplaceId: string, sku: string): Listing | undefined {
    return this.#listings.get(marketplaceId)?.get(sku);
  }

  putListing(listing: Listing): void {
    let bySku = this.#listings.get(listing.marketplaceId);
    if (bySku === undefined) {
      bySku = new Map();
      this.#listings.set(listing.marketplaceId, bySku);
    }
    bySku.set(listing.sku, listing);
    this.#sorted.delete(listing.marketplaceId);
  }

  deleteListing(marketplaceId: string, sku: string): boolean {
    this.#sorted.delete(marketplaceId);
    return this.#listings.get(marketplaceId)?.delete(sku) ?? false;
  }

  /**
   * Lets one new order come in and takes its goods from the stock.
   *
   * @param watch - takes the goods by calling `act`, and sees the stock before and after.
   * @throws NotFoundError when nothing is listed any more.
   */
  receiveOrder(
    atMs: number,
    status: OrderStatus = 'UNSHIPPED',
    watch: (order: StoredOrder, act: () => void) => void = (_, act) => act(),
  ): StoredOrder {
    if (this.marketplaces.every((one) => this.listings(one.id).size === 0))
      throw new NotFoundError(`Seller ${this.sellerId} of the sandbox lists nothing that could be ordered.`);
    const order = inventNewOrder(this.#setting(), this.#nextOrder++, atMs, status);
    this.orders.add(order);
    watch(order, () => {
      for (const line of order.lines) this.#reserve(order, line.sku, line.quantity, atMs);
    });
    return order;
  }

  /** Takes units from the stock as a sale elsewhere would. Returns what is left. */
  sellStock(marketplaceId: string, sku: string, quantity: number, atMs: number): number | undefined {
    const listing = this.listing(marketplaceId, sku);
    if (listing === undefined) return undefined;
    listing.updatedMs = atMs;
    if (listing.fulfilledBy === 'MERCHANT') {
      listing.quantity = Math.max(0, listing.quantity - quantity);
      return listing.quantity;
    }
    listing.stock.fulfillable = Math.max(0, listing.stock.fulfillable - quantity);
    listing.stock.updatedMs = atMs;
    return listing.stock.fulfillable;
  }

  /** Moves an order on, and its goods with it: shipped ones leave, those of a cancelled order can be sold again. */
  changeStatus(order: StoredOrder, status: OrderStatus, atMs: number): void {
    const open = order.status !== 'SHIPPED' && order.status !== 'CANCELLED';
    const wasCancelled = order.status === 'CANCELLED';
    order.status = status;
    for (const line of order.lines) if (wasCancelled && status !== 'CANCELLED') line.cancelled = 0;
    if (status === 'CANCELLED') order.cancelledBy ??= 'BUYER';
    if (status !== 'SHIPPED' && status !== 'CANCELLED') return;
    for (const line of order.lines) {
      const left = leftOf(line);
      if (status === 'SHIPPED') line.shipped += left;
      else line.cancelled += left;
      const listing = this.listing(order.marketplaceId, line.sku);
      if (listing === undefined || !open) continue;
      if (order.fulfilledBy === 'AMAZON') {
        listing.stock.reservedForOrders = Math.max(0, listing.stock.reservedForOrders - left);
        listing.stock.updatedMs = atMs;
        if (status === 'CANCELLED') listing.stock.fulfillable += left;
      } else if (status === 'CANCELLED') listing.quantity += left;
      listing.updatedMs = atMs;
    }
  }

  /** The buyer of an order, who is also its recipient. Invented, and always the same for one order. */
  buyerOf(order: StoredOrder): Person {
    const domain = (findMarketplace(order.marketplaceId)?.name ?? 'amazon.com').toLowerCase();
    const { number } = order.replaces ?? order;
    return inventPerson(Prng.of(this.#seed, 'buyer', this.sellerId, number), domain);
  }

  /** What the buyer wrote to go with a gift: personal data. */
  giftMessageOf(order: StoredOrder, line: OrderLine): string | undefined {
    if (!line.giftWrapped) return undefined;
    return `Happy birthday, with love from ${this.buyerOf(order).name.split(' ')[0]}!`;
  }

  #reserve(order: StoredOrder, sku: string, quantity: number, atMs: number): void {
    const listing = this.listing(order.marketplaceId, sku);
    if (listing === undefined) return;
    this.sellStock(order.marketplaceId, sku, quantity, atMs);
    if (listing.fulfilledBy === 'AMAZON') listing.stock.reservedForOrders += quantity;
  }

  #setting(): OrderSetting {
    const listings = this.marketplaces.map((one) => this.sortedListings(one.id));
    return { seed: this.#seed, sellerId: this.sellerId, listings };
  }

  *#past(plan: SellerSeed, epochMs: number): Generator<StoredOrder> {
    const setting = this.#setting();
    if (setting.listings.every((some) => some.length === 0)) return;
    for (let number = 0; number < plan.orders; number++)
      yield inventPastOrder(setting, number, epochMs, plan.orderDays * day);
  }
}
