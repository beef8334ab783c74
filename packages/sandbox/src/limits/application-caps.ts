/**
 * Limits of an application over all its sellers, in requests per second.
 * Source: developer-docs.amazon.com/sp-api/docs/{catalog-items-api,listings-restrictions-api,
 * product-type-definitions-api}-rate-limits, checked November 2026. No burst is published: it is taken as one second.
 */
export const applicationCaps: Readonly<Record<string, number>> = {
  'catalogItems.getCatalogItem': 250,
  'catalogItems.searchCatalogItems': 500,
  'listingsRestrictions.getListingsRestrictions': 100,
  'productTypeDefinitions.searchDefinitionsProductTypes': 100,
  'productTypeDefinitions.getDefinitionsProductType': 100,
};
