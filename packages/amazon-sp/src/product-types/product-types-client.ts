import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import { isErrorOf, type MarketplaceId, NotFoundError } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { SchemaCache, type SchemaCacheParts } from './schema-cache.js';

type GetParams = ParamsOf<'productTypeDefinitions', '2020-09-01', 'getDefinitionsProductType'>;
type SearchParams = ParamsOf<'productTypeDefinitions', '2020-09-01', 'searchDefinitionsProductTypes'>;
export type ProductTypeDefinition = ResponseOf<
  'productTypeDefinitions',
  '2020-09-01',
  'getDefinitionsProductType'
>;
export type ProductTypeList = ResponseOf<
  'productTypeDefinitions',
  '2020-09-01',
  'searchDefinitionsProductTypes'
>;

export interface ProductTypeSearch extends SpCallOptions {
  readonly marketplaceId?: MarketplaceId;
  /** Words of the product type; either these or `itemName`, or neither for all. */
  readonly keywords?: readonly string[];
  /** The title of a product, for which Amazon recommends types. */
  readonly itemName?: string;
  /** For display names, e.g. `en_ZA`. */
  readonly locale?: string;
  /** Of the words. */
  readonly searchLocale?: string;
}

export interface DefinitionQuery extends SpCallOptions {
  readonly marketplaceId?: MarketplaceId;
  /** `LISTING` by default at Amazon. */
  readonly requirements?: GetParams['requirements'];
  /** `NOT_ENFORCED` for changes of parts of a listing. */
  readonly requirementsEnforced?: GetParams['requirementsEnforced'];
  readonly locale?: GetParams['locale'];
  readonly parentageLevel?: GetParams['parentageLevel'];
  /** `LATEST` by default at Amazon; or `RELEASE_CANDIDATE`, or a version. */
  readonly version?: string;
  /** With what is this seller's own in it, such as brands; without it the definition is everybody's. */
  readonly forSeller?: boolean;
}

/** A definition with its JSON schema. */
export interface DefinitionWithSchema {
  readonly definition: ProductTypeDefinition;
  /** JSON Schema 2019-09 in Amazon's vocabulary. */
  readonly schema: unknown;
}

/** What a listing of each product type must have (product type definitions 2020-09-01). */
export class ProductTypesClient {
  readonly #context: SectionContext;
  readonly #schemas: SchemaCache;

  constructor(context: SectionContext, parts: Omit<SchemaCacheParts, 'account'>) {
    this.#context = context;
    this.#schemas = new SchemaCache({ ...parts, account: context.config.accountId });
  }

  /** Names of product types in a marketplace. @throws ValidationError for both words and a title. */
  async search(query: ProductTypeSearch = {}): Promise<ProductTypeList> {
    const { keywords, itemName, locale, searchLocale } = query;
    const params: SearchParams = {
      marketplaceIds: [marketplaceIn(this.#context, query.marketplaceId).id],
      ...(keywords && { keywords }),
      ...(itemName !== undefined && { itemName }),
      ...(locale && { locale }),
      ...(searchLocale && { searchLocale }),
    };
    return this.#context
      .api('productTypeDefinitions')
      .searchDefinitionsProductTypes(params, callOptions(query));
  }

  /** A definition: requirements, groups of properties, and where its schema lies. @throws NotFoundError naming the type. */
  async get(productType: string, query: DefinitionQuery = {}): Promise<ProductTypeDefinition> {
    const { requirements, requirementsEnforced, locale, parentageLevel, version, forSeller } = query;
    const marketplace = marketplaceIn(this.#context, query.marketplaceId);
    const params: GetParams = {
      productType,
      marketplaceIds: [marketplace.id],
      ...(forSeller && { sellerId: this.#context.config.sellerId }),
      ...(version && { productTypeVersion: version }),
      ...(requirements && { requirements }),
      ...(requirementsEnforced && { requirementsEnforced }),
      ...(locale && { locale }),
      ...(parentageLevel && { parentageLevel }),
    };
    return this.#context
      .api('productTypeDefinitions')
      .getDefinitionsProductType(params, callOptions(query))
      .catch((error: unknown) => {
        if (!isErrorOf(error, 'NotFoundError')) throw error;
        throw new NotFoundError(`${marketplace.domain} has no product type ${productType}.`, {
          ...error,
          cause: error,
          field: 'productType',
          remedy: 'Look for it with productTypes.search.',
        });
      });
  }

  /**
   * A definition and its JSON schema. The schema is downloaded once and kept by its checksum, which Amazon changes with it: so a call
   * costs one small request as long as nothing has changed.
   *
   * @throws DocumentError when the schema cannot be had whole.
   */
  async schema(productType: string, query: DefinitionQuery = {}): Promise<DefinitionWithSchema> {
    const definition = await this.get(productType, query);
    const anew = async ({ signal }: { signal?: AbortSignal }) =>
      (await this.get(productType, { ...query, signal })).schema;
    const schema = await this.#schemas.get(definition.schema, anew, {
      productType,
      ...(query.signal && { signal: query.signal }),
    });
    return { definition, schema };
  }
}
