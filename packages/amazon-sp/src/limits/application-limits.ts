/** A limit that all sellers of one application share, beside the one that each seller has. */
export interface ApplicationLimit {
  readonly api: string;
  readonly version: string;
  readonly operationId: string;
  /** Requests per second. Amazon publishes no burst for these; a second's worth is taken. */
  readonly ratePerSecond: number;
}

/**
 * Limits per application. The rate header never speaks of them.
 * Sources: developer-docs.amazon.com/sp-api/docs/catalog-items-api-rate-limits, …/listings-restrictions-api-rate-limits,
 * …/product-type-definitions-api-rate-limits. Checked November 2026.
 */
export const applicationLimits: readonly ApplicationLimit[] = [
  { api: 'catalogItems', version: '2022-04-01', operationId: 'getCatalogItem', ratePerSecond: 250 },
  { api: 'catalogItems', version: '2022-04-01', operationId: 'searchCatalogItems', ratePerSecond: 500 },
  {
    api: 'listingsRestrictions',
    version: '2021-08-01',
    operationId: 'getListingsRestrictions',
    ratePerSecond: 100,
  },
  {
    api: 'productTypeDefinitions',
    version: '2020-09-01',
    operationId: 'searchDefinitionsProductTypes',
    ratePerSecond: 100,
  },
  {
    api: 'productTypeDefinitions',
    version: '2020-09-01',
    operationId: 'getDefinitionsProductType',
    ratePerSecond: 100,
  },
];
