import { NotFoundError } from '@fluxori/core';
import type { Notify } from '../events/far-side-event.js';
import { watchListings } from '../operations/listings/watch-listings.js';
import type { NewOrders, OrderChange, OrderPersonalData, SellerState, StockSale } from '../sandbox.js';
import type { StoredOrder } from './order.js';
import type { Seller } from './seller.js';
import { tellOrder } from './tell-order.js';
import type { World } from './world.js';

/** Changes to the world from outside the API: what buyers, warehouses and time do. */
export class WorldControl {
  readonly #world: World;
  readonly #now: () => number;
  readonly #notify: Notify;

  constructor(world: World, now: () => number, notify: Notify) {
    this.#world = world;
    this.#now = now;
    this.#notify = notify;
  }

  addOrders({ count, sellerId, at, status }: NewOrders): readonly string[] {
    const seller = this.#seller(sellerId);
    const atMs = at?.getTime() ?? this.#now();
    return Array.from({ length: count }, () => {
      const order = seller.receiveOrder(atMs, status, (one, act) => this.#watched(seller, one, atMs, act));
      tellOrder(order, this.#notify);
      return order.id;
    });
  }

  updateOrder(orderId: string, { sellerId, status, at }: OrderChange): void {
    const seller =
      sellerId === undefined
        ? (this.#world.sellers.find((one) => one.orders.get(orderId) !== undefined) ??
          this.#seller(undefined))
        : this.#seller(sellerId);
    const order = seller.orders.get(orderId);
    if (order === undefined) throw new NotFoundError(`The sandbox has no order ${orderId}.`);
    const atMs = at?.getTime() ?? this.#now();
    if (status !== undefined)
      this.#watched(seller, order, atMs, () => seller.changeStatus(order, status, atMs));
    seller.orders.touch(order, atMs);
    tellOrder(order, this.#notify);
  }

  sellStock({ sellerId, marketplaceId, sku, quantity, at }: StockSale): number {
    const seller = this.#seller(sellerId);
    const where = marketplaceId ?? (seller.marketplaces[0]?.id as string);
    const nowMs = at?.getTime() ?? this.#now();
    let left: number | undefined;
    watchListings({ seller, marketplaceIds: [where], nowMs, notify: this.#notify }, sku, () => {
      left = seller.sellStock(where, sku, quantity, nowMs);
    });
    if (left === undefined)
      throw new NotFoundError(`The sandbox has no SKU ${sku} of ${seller.sellerId} in ${where}.`);
    return left;
  }

  orderIds(sellerId?: string): readonly string[] {
    return this.#seller(sellerId)
      .orders.all()
      .map((order) => order.id);
  }

  personalData(sellerId?: string): readonly OrderPersonalData[] {
    const seller = this.#seller(sellerId);
    return seller.orders.all().map((order) => {
      const { name, email, phone, addressLine1, addressLine2 } = seller.buyerOf(order);
      const messages = order.lines.map((line) => seller.giftMessageOf(order, line));
      const values = [name, email, phone, addressLine1, addressLine2, ...messages];
      return { orderId: order.id, values: values.filter((value) => value !== undefined) };
    });
  }

  state(): readonly SellerState[] {
    return this.#world.sellers.map((seller) => {
      const ordersByStatus: Record<string, number> = {};
      for (const order of seller.orders.all())
        ordersByStatus[order.status] = (ordersByStatus[order.status] ?? 0) + 1;
      const listings = seller.marketplaces.flatMap((one) => [...seller.listings(one.id).values()]);
      return {
        sellerId: seller.sellerId,
        name: seller.name,
        marketplaceIds: seller.marketplaces.map((one) => one.id),
        orders: seller.orders.size,
        ordersByStatus,
        skus: listings.length,
        fbaSkus: listings.filter((listing) => listing.fulfilledBy === 'AMAZON').length,
      };
    });
  }

  /** The seller meant: the first, if none is named. @throws NotFoundError */
  sellerIdOf(sellerId?: string): string {
    return this.#seller(sellerId).sellerId;
  }

  /** Does something to an order's goods, and tells what became of their listings. */
  #watched(seller: Seller, order: StoredOrder, nowMs: number, act: () => void): void {
    const scene = { seller, marketplaceIds: [order.marketplaceId], nowMs, notify: this.#notify };
    const skus = [...new Set(order.lines.map((line) => line.sku))];
    skus.reduce<() => void>((inner, sku) => () => watchListings(scene, sku, inner), act)();
  }

  #seller(sellerId: string | undefined): Seller {
    const seller = sellerId === undefined ? this.#world.sellers[0] : this.#world.seller(sellerId);
    if (seller === undefined) throw new NotFoundError(`The sandbox has no seller ${sellerId}.`);
    return seller;
  }
}
