import { Prng } from '../random/prng.js';
import { Catalog } from './catalog.js';
import type { Marketplace } from './marketplaces.js';
import { Seller } from './seller.js';

export interface WorldSeed {
  readonly seed: number;
  readonly epochMs: number;
  readonly orderDays: number;
  readonly sellers: readonly {
    readonly sellerId?: string | undefined;
    readonly name?: string | undefined;
    readonly marketplaces: readonly Marketplace[];
    readonly orders: number;
    readonly skus: number;
  }[];
}

const shopNames = [
  'Acme Trading',
  'Bergwind Supply',
  'Karoo Goods',
  'Jozi General Dealers',
  'Kaap Huisware',
  'Vaal Outfitters',
];

/** All that lies behind the API: the catalogue and the sellers. */
export class World {
  readonly seed: number;
  readonly catalog: Catalog;
  readonly sellers: readonly Seller[];
  readonly #byId: ReadonlyMap<string, Seller>;

  constructor(plan: WorldSeed) {
    this.seed = plan.seed;
    this.catalog = new Catalog(plan.seed, Math.max(0, ...plan.sellers.map((one) => one.skus)));
    this.sellers = plan.sellers.map((one, index) => {
      const sellerId = one.sellerId ?? inventSellerId(plan.seed, index);
      const name =
        one.name ??
        `${shopNames[index % shopNames.length]}${index < shopNames.length ? '' : ` ${index + 1}`}`;
      return new Seller(
        plan.seed,
        { ...one, sellerId, name, orderDays: plan.orderDays },
        this.catalog,
        plan.epochMs,
      );
    });
    this.#byId = new Map(this.sellers.map((seller) => [seller.sellerId, seller]));
  }

  seller(sellerId: string): Seller | undefined {
    return this.#byId.get(sellerId);
  }
}

function inventSellerId(seed: number, index: number): string {
  return `A${Prng.of(seed, 'seller', index).text(13, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ')}`;
}
