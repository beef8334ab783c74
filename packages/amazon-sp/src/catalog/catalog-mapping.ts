import type { ResponseOf } from '@fluxori/amazon-sp-models';
import type { AccountId, CatalogItem, MarketplaceId } from '@fluxori/core';
import { withoutUndefined } from '../mapping/without-undefined.js';

export type AmazonCatalogItem = ResponseOf<'catalogItems', '2022-04-01', 'getCatalogItem'>;

/** What is asked of the catalogue for a canonical item. */
export const catalogData = ['summaries', 'identifiers', 'images', 'productTypes', 'salesRanks'] as const;

/** Amazon's item as the canonical one, as one marketplace has it. */
export function toCatalogItem(
  item: AmazonCatalogItem,
  subject: { accountId: AccountId; marketplaceId: MarketplaceId },
): CatalogItem {
  const { marketplaceId } = subject;
  const here = <T extends { marketplaceId?: string }>(list: readonly T[] | undefined): T | undefined =>
    list?.find((one) => one.marketplaceId === marketplaceId);
  const summary = here(item.summaries);
  const ranks = here(item.salesRanks);
  return withoutUndefined({
    accountId: subject.accountId,
    marketplaceId,
    productId: item.asin,
    title: summary?.itemName,
    brand: summary?.brand,
    productType: here(item.productTypes)?.productType,
    identifiers: (here(item.identifiers)?.identifiers ?? []).map(({ identifierType, identifier }) => ({
      type: identifierType,
      value: identifier,
    })),
    imageUrls: imageUrls(here(item.images)?.images ?? []),
    salesRanks: [...(ranks?.displayGroupRanks ?? []), ...(ranks?.classificationRanks ?? [])].map(
      ({ title, rank }) => ({ category: title, rank }),
    ),
  });
}

interface Image {
  readonly variant: string;
  readonly link: string;
  readonly width: number;
}

/** One address per picture, the largest, the main picture first: Amazon lists every size. */
function imageUrls(images: readonly Image[]): string[] {
  const largest = new Map<string, Image>();
  for (const image of images) {
    if (image.width > (largest.get(image.variant)?.width ?? -1)) largest.set(image.variant, image);
  }
  return [...largest.values()]
    .sort((a, b) => Number(b.variant === 'MAIN') - Number(a.variant === 'MAIN'))
    .map(({ link }) => link);
}
