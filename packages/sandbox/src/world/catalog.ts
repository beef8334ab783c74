import { Prng } from '../random/prng.js';
import { type ProductLine, productLines } from './product-lines.js';

/** A product of the shared catalogue; the same in every marketplace. */
export interface CatalogProduct {
  readonly index: number;
  readonly asin: string;
  readonly ean: string;
  readonly title: string;
  readonly brand: string;
  readonly line: ProductLine;
  readonly partNumber: string;
  readonly rand: number;
  readonly salesRank: number;
}

/** The products that exist, made when first asked for and always the same for one seed. */
export class Catalog {
  readonly #seed: number;
  readonly #products: CatalogProduct[] = [];
  readonly #byAsin = new Map<string, CatalogProduct>();
  readonly #byEan = new Map<string, CatalogProduct>();

  constructor(seed: number, size: number) {
    this.#seed = seed;
    this.grow(size);
  }

  get products(): readonly CatalogProduct[] {
    return this.#products;
  }

  /** Makes sure that there are at least `size` products. */
  grow(size: number): void {
    for (let index = this.#products.length; index < size; index++) {
      const product = inventProduct(this.#seed, index);
      this.#products.push(product);
      this.#byAsin.set(product.asin, product);
      this.#byEan.set(product.ean, product);
    }
  }

  at(index: number): CatalogProduct {
    return this.#products[index] as CatalogProduct;
  }

  byAsin(asin: string): CatalogProduct | undefined {
    return this.#byAsin.get(asin);
  }

  byEan(ean: string): CatalogProduct | undefined {
    return this.#byEan.get(ean);
  }
}

const base36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function inventProduct(seed: number, index: number): CatalogProduct {
  const prng = Prng.of(seed, 'product', index);
  const line = productLines[index % productLines.length] as ProductLine;
  const round = Math.floor(index / productLines.length);
  const brand = line.brands[round % line.brands.length] as string;
  const variant = line.variants[Math.floor(round / line.brands.length) % line.variants.length] as string;
  const edition = Math.floor(round / (line.brands.length * line.variants.length));
  return {
    index,
    asin: `B0${prng.text(4, base36)}${index.toString(36).toUpperCase().padStart(4, '0')}`,
    ean: withCheckDigit(`600${String(index).padStart(9, '0')}`),
    title: `${brand} ${line.noun}, ${variant}${edition === 0 ? '' : `, Edition ${edition + 1}`}`,
    brand,
    line,
    partNumber: `${brand.slice(0, 3).toUpperCase()}-${String(index).padStart(5, '0')}`,
    rand: Math.round(line.minRand + prng.next() * (line.maxRand - line.minRand)) - 0.01,
    salesRank: prng.integer(40, 60_000),
  };
}

/** EAN-13: South Africa's prefix is 600-601. */
function withCheckDigit(twelve: string): string {
  let sum = 0;
  for (let i = 0; i < 12; i++) sum += Number(twelve[i]) * (i % 2 === 0 ? 1 : 3);
  return `${twelve}${(10 - (sum % 10)) % 10}`;
}
