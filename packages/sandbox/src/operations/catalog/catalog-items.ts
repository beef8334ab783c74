import type { ParamsOf } from '@fluxori/amazon-sp-models';
import { invalidInput, notFound } from '../../http/refusal.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import type { CatalogProduct } from '../../world/catalog.js';
import { findMarketplace, type Marketplace } from '../../world/marketplaces.js';
import { withWhole } from '../sku-with-comma.js';
import { renderItem } from './render-item.js';

type Search = ParamsOf<'catalogItems', '2022-04-01', 'searchCatalogItems'>;

/** A product, and the SKUs by which it was found. */
interface Found {
  readonly product: CatalogProduct;
  readonly skus: readonly string[];
}

const message = 'Request has missing or invalid parameters and cannot be parsed.';
const pageTokenLifetimeMs = 3_600_000;

export const getCatalogItem = implement(
  'catalogItems',
  '2022-04-01',
  'getCatalogItem',
  ({ params, world }) => {
    const product = world.catalog.byAsin(params.asin);
    if (product === undefined)
      throw notFound(
        `Requested item '${params.asin}' not found in marketplace(s) ${params.marketplaceIds.join(', ')}.`,
      );
    return renderItem(
      product,
      marketplacesOf(params.marketplaceIds),
      new Set(params.includedData ?? ['summaries']),
    );
  },
);

export const searchCatalogItems = implement('catalogItems', '2022-04-01', 'searchCatalogItems', (call) => {
  const { params, seller } = call;
  checkCombination(params);
  const found: readonly Found[] =
    params.identifiers === undefined
      ? byKeywords(call).map((product) => ({ product, skus: [] }))
      : byIdentifiers(call, params.identifiers);
  const pageSize = params.pageSize ?? 10;
  if (pageSize < 1) throw invalidInput(message, 'pageSize must be at least 1.');
  const { pageToken, ...rest } = params;
  const owner = `catalogItems.searchCatalogItems|${seller.sellerId}`;
  const query = JSON.stringify(rest);
  const start = pageToken === undefined ? 0 : call.pages.read<number>(owner, query, pageToken, 'pageToken');
  const page = found.slice(start, start + pageSize);
  const token = (at: number) => call.pages.issue(owner, query, at, pageTokenLifetimeMs);
  const pagination = {
    ...(start + pageSize < found.length ? { nextToken: token(start + pageSize) } : {}),
    ...(start > 0 ? { previousToken: token(Math.max(0, start - pageSize)) } : {}),
  };
  const included = new Set<string>(params.includedData ?? ['summaries']);
  const marketplaces = marketplacesOf(params.marketplaceIds);
  return {
    numberOfResults: found.length,
    ...(Object.keys(pagination).length > 0 ? { pagination } : {}),
    ...(params.keywords === undefined
      ? {}
      : { refinements: refinementsOf(found.map(({ product }) => product)) }),
    items: page.map(({ product, skus }) => renderItem(product, marketplaces, included, skus)),
  };
});

function checkCombination(params: Search): void {
  const { identifiers, identifiersType, keywords, brandNames, classificationIds, sellerId } = params;
  if ((identifiers === undefined) === (keywords === undefined))
    throw invalidInput(message, 'Exactly one of identifiers and keywords is required.');
  if (identifiers === undefined) return;
  if (identifiersType === undefined)
    throw invalidInput(message, 'identifiersType is required when identifiers is in the request.');
  if (identifiersType === 'SKU' && sellerId === undefined)
    throw invalidInput(message, 'sellerId is required when identifiersType is SKU.');
  if (brandNames !== undefined || classificationIds !== undefined || params.keywordsLocale !== undefined)
    throw invalidInput(
      message,
      'brandNames, classificationIds and keywordsLocale cannot be used with identifiers.',
    );
}

/** In the order of the request; what does not exist is left out. */
function byIdentifiers(call: OperationCall<Search>, identifiers: readonly string[]): readonly Found[] {
  const { world, seller, params } = call;
  const one = (identifier: string): CatalogProduct | undefined => {
    switch (params.identifiersType) {
      case 'ASIN':
        return world.catalog.byAsin(identifier);
      case 'EAN':
      case 'GTIN':
        return world.catalog.byEan(identifier.replace(/^0(?=\d{13}$)/, ''));
      case 'SKU': {
        const listing = seller.listing(params.marketplaceIds[0] as string, identifier);
        return listing && world.catalog.byAsin(listing.asin);
      }
      default:
        return undefined;
    }
  };
  const skus = new Map<CatalogProduct, string[]>();
  for (const identifier of withWhole(identifiers, params.identifiersType)) {
    const product = one(identifier);
    if (product === undefined) continue;
    const known = skus.get(product) ?? [];
    skus.set(product, params.identifiersType === 'SKU' ? [...known, identifier] : known);
  }
  return [...skus].map(([product, by]) => ({ product, skus: by }));
}

function byKeywords({ world, params }: OperationCall<Search>): readonly CatalogProduct[] {
  const words = (params.keywords ?? []).flatMap((keyword) => keyword.toLowerCase().split(/\s+/));
  return world.catalog.products.filter(
    (product) =>
      words.every((word) => product.title.toLowerCase().includes(word)) &&
      (params.brandNames?.includes(product.brand) ?? true) &&
      (params.classificationIds?.includes(product.line.classificationId) ?? true),
  );
}

function refinementsOf(products: readonly CatalogProduct[]): {
  brands: { numberOfResults: number; brandName: string }[];
  classifications: { numberOfResults: number; displayName: string; classificationId: string }[];
} {
  const brands = Map.groupBy(products, (product) => product.brand);
  const classifications = Map.groupBy(products, (product) => product.line.classificationId);
  return {
    brands: [...brands].map(([brandName, { length }]) => ({ numberOfResults: length, brandName })),
    classifications: [...classifications].map(([classificationId, members]) => ({
      numberOfResults: members.length,
      displayName: members[0]?.line.category ?? '',
      classificationId,
    })),
  };
}

function marketplacesOf(ids: readonly string[]): readonly Marketplace[] {
  return ids.map((id) => findMarketplace(id)).filter((one) => one !== undefined);
}
