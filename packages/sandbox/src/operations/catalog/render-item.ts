import type { ResponseOf } from '@fluxori/amazon-sp-models';
import type { CatalogProduct } from '../../world/catalog.js';
import type { Marketplace } from '../../world/marketplaces.js';

type Item = ResponseOf<'catalogItems', '2022-04-01', 'getCatalogItem'>;

/**
 * A product as the Catalog Items API shows it in the given marketplaces.
 *
 * @param skus - by which it was found. Source: github.com/amzn/selling-partner-api-docs/issues/2295.
 */
export function renderItem(
  product: CatalogProduct,
  marketplaces: readonly Marketplace[],
  included: ReadonlySet<string>,
  skus: readonly string[] = [],
): Item {
  const each = <Part>(part: (marketplaceId: string) => Part): Part[] =>
    marketplaces.map(({ id }) => part(id));
  const { line } = product;
  const classification = { displayName: line.category, classificationId: line.classificationId };
  return {
    asin: product.asin,
    ...(included.has('attributes') ? { attributes: attributesOf(product, marketplaces) } : {}),
    ...(included.has('classifications')
      ? { classifications: each((marketplaceId) => ({ marketplaceId, classifications: [classification] })) }
      : {}),
    ...(included.has('dimensions')
      ? {
          dimensions: each((marketplaceId) => ({
            marketplaceId,
            package: { weight: { unit: 'kilograms', value: line.weightGrams / 1_000 } },
          })),
        }
      : {}),
    ...(included.has('identifiers')
      ? {
          identifiers: each((marketplaceId) => ({
            marketplaceId,
            identifiers: [
              { identifierType: 'EAN', identifier: product.ean },
              ...skus.map((identifier) => ({ identifierType: 'SKU', identifier })),
            ],
          })),
        }
      : {}),
    ...(included.has('images')
      ? { images: each((marketplaceId) => ({ marketplaceId, images: [imageOf(product)] })) }
      : {}),
    ...(included.has('productTypes')
      ? { productTypes: each((marketplaceId) => ({ marketplaceId, productType: line.productType })) }
      : {}),
    ...(included.has('relationships')
      ? { relationships: each((marketplaceId) => ({ marketplaceId, relationships: [] })) }
      : {}),
    ...(included.has('salesRanks')
      ? {
          salesRanks: each((marketplaceId) => ({
            marketplaceId,
            displayGroupRanks: [
              {
                websiteDisplayGroup: line.category.toLowerCase(),
                title: line.category,
                rank: product.salesRank,
              },
            ],
          })),
        }
      : {}),
    ...(included.has('summaries')
      ? {
          summaries: each((marketplaceId) => ({
            marketplaceId,
            brand: product.brand,
            browseClassification: classification,
            itemClassification: 'BASE_PRODUCT' as const,
            itemName: product.title,
            manufacturer: product.brand,
            partNumber: product.partNumber,
            packageQuantity: 1,
            websiteDisplayGroup: line.category.toLowerCase(),
          })),
        }
      : {}),
  };
}

/** The main picture of a product; the link leads nowhere. */
export function imageOf(product: CatalogProduct): {
  variant: 'MAIN';
  link: string;
  height: number;
  width: number;
} {
  return {
    variant: 'MAIN',
    link: `https://images.sandbox.invalid/${product.asin}.jpg`,
    height: 1_000,
    width: 1_000,
  };
}

function attributesOf(
  product: CatalogProduct,
  marketplaces: readonly Marketplace[],
): Record<string, unknown> {
  const values = (value: unknown) => marketplaces.map(({ id }) => ({ value, marketplace_id: id }));
  return {
    item_name: values(product.title),
    brand: values(product.brand),
    part_number: values(product.partNumber),
    externally_assigned_product_identifier: values(product.ean).map((one) => ({ ...one, type: 'ean' })),
  };
}
