import type { ParamsOf } from '@fluxori/amazon-sp-models';
import {
  type CatalogCapability,
  type CatalogItem,
  isErrorOf,
  type MarketplaceId,
  NotFoundError,
  type Page,
  type Paged,
  paged,
  shown,
  ValidationError,
} from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { checkTexts } from '../pipeline/check-list.js';
import { decodeCursor, encodeCursor } from '../pipeline/cursor.js';
import { didYouMean } from '../pipeline/did-you-mean.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { checkCommas } from '../pipeline/value-batch.js';
import { catalogData, toCatalogItem } from './catalog-mapping.js';

type SearchParams = ParamsOf<'catalogItems', '2022-04-01', 'searchCatalogItems'>;

/** Kinds of identifier that the catalogue can be searched by. Source: catalogItems 2022-04-01. */
export const identifierTypes = ['ASIN', 'EAN', 'GTIN', 'ISBN', 'JAN', 'MINSAN', 'SKU', 'UPC'] as const;
export type IdentifierType = (typeof identifierTypes)[number];

/** The most identifiers, and the most items, of one search. */
export const catalogBatch = 20;

export interface CatalogQuery extends SpCallOptions {
  readonly marketplaceId?: MarketplaceId;
  /** Words to search for; either these or identifiers. */
  readonly keywords?: readonly string[];
  /** Up to 20; one with a comma alone. */
  readonly identifiers?: readonly string[];
  /** `ASIN` by default. */
  readonly identifiersType?: string;
  readonly cursor?: string;
}

/** The catalogue (2022-04-01): what Amazon knows of products, whoever sells them. */
export class CatalogClient implements CatalogCapability {
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
  }

  /** @throws NotFoundError naming the product when the marketplace does not have it. */
  async get(
    productId: string,
    query: SpCallOptions & { marketplaceId?: MarketplaceId } = {},
  ): Promise<CatalogItem> {
    const marketplace = this.#marketplace(query.marketplaceId);
    const item = await this.#context
      .api('catalogItems')
      .getCatalogItem(
        { asin: productId, marketplaceIds: [marketplace.id], includedData: catalogData },
        callOptions(query),
      )
      .catch((error: unknown) => {
        if (!isErrorOf(error, 'NotFoundError')) throw error;
        throw new NotFoundError(`Product ${productId} is not in the catalogue of ${marketplace.domain}.`, {
          ...error,
          cause: error,
          field: 'productId',
          remedy: 'Check the ASIN and the marketplace.',
        });
      });
    return this.#toItem(item, marketplace.id);
  }

  search(query: CatalogQuery): Paged<CatalogItem> {
    if (query.cursor === undefined) this.#searchParams(query);
    return paged((cursor) => this.page({ ...query, cursor }), query.cursor);
  }

  /** One page of `search`. */
  async page(query: CatalogQuery): Promise<Page<CatalogItem>> {
    const params =
      query.cursor === undefined
        ? this.#searchParams(query)
        : decodeCursor<{ params: SearchParams }>('catalog items', query.cursor).params;
    const answer = await this.#context.api('catalogItems').searchCatalogItems(params, callOptions(query));
    const { nextToken } = answer.pagination ?? {};
    const marketplaceId = (params.marketplaceIds[0] ?? this.#context.config.home.id) as MarketplaceId;
    return {
      items: answer.items.map((item) => this.#toItem(item, marketplaceId)),
      ...(nextToken && {
        nextCursor: encodeCursor('catalog items', { params: { ...params, pageToken: nextToken } }),
      }),
    };
  }

  #searchParams(query: CatalogQuery): SearchParams {
    const { keywords = [], identifiers = [] } = query;
    checkTexts(keywords, 'keywords');
    checkTexts(identifiers, 'identifiers');
    if ((keywords.length === 0) === (identifiers.length === 0)) {
      throw new ValidationError('keywords, identifiers: exactly one of the two is needed.', {
        field: 'keywords',
        remedy: 'Search either by words or by identifiers.',
      });
    }
    const identifiersType = query.identifiersType ?? 'ASIN';
    if (!isIdentifierType(identifiersType)) {
      throw new ValidationError(
        `identifiersType: ${shown(identifiersType)} is none of ${identifierTypes.join(', ')}${didYouMean(identifiersType, identifierTypes)}.`,
        { field: 'identifiersType', remedy: 'Use one of the types listed.' },
      );
    }
    checkCommas(identifiers, 'identifiers');
    return {
      marketplaceIds: [this.#marketplace(query.marketplaceId).id],
      ...(keywords.length > 0
        ? { keywords }
        : {
            identifiers,
            identifiersType,
            ...(identifiersType === 'SKU' && { sellerId: this.#context.config.sellerId }),
          }),
      includedData: catalogData,
      pageSize: catalogBatch,
    };
  }

  #marketplace(name: string | undefined) {
    const { home, region } = this.#context.config;
    return name === undefined ? home : this.#context.endpoints.marketplaceIn(region, name);
  }

  #toItem(item: Parameters<typeof toCatalogItem>[0], marketplaceId: MarketplaceId): CatalogItem {
    return toCatalogItem(item, { accountId: this.#context.config.accountId, marketplaceId });
  }
}

function isIdentifierType(name: string): name is IdentifierType {
  return (identifierTypes as readonly string[]).includes(name);
}
