import { NotFoundError } from '@fluxori/core';
import type { NewOrders, OrderChange, OrderPersonalData, SellerState, StockSale } from '../sandbox.js';
import type { Seller } from './seller.js';
import type { World } from './world.js';

/** Changes to the world from outside the API: what buyers, warehouses and time do. */
export class WorldControl {
  readonly #world: World;
  readonly #now: () => number;

  constructor(world: World, now: () => number) {
    this.#world = world;
    this.#now = now;
  }

  addOrders({ count, sellerId, at, status }: NewOrders): readonly string[] {
    const seller = this.#seller(sellerId);
    const atMs = at?.getTime() ?? this.#now();
    return Array.from({ length: count }, () => seller.receiveOrder(atMs, status).id);
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
    if (status !== undefined) seller.changeStatus(order, status, atMs);
    seller.orders.touch(order, atMs);
  }

  sellStock({ sellerId, marketplaceId, sku, quantity, at }: StockSale): number {
    const seller = this.#seller(sellerId);
    const where = marketplaceId ?? (seller.marketplaces[0]?.id as string);
    const left = seller.sellStock(where, sku, quantity, at?.getTime() ?? this.#now());
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

  #seller(sellerId: string | undefined): Seller {
    const seller = sellerId === undefined ? this.#world.sellers[0] : this.#world.seller(sellerId);
    if (seller === undefined) throw new NotFoundError(`The sandbox has no seller ${sellerId}.`);
    return seller;
  }
}
