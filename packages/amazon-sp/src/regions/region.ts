/** Amazon's three selling regions: North America, Europe (with the Middle East, Africa and India) and the Far East. */
export type Region = 'na' | 'eu' | 'fe';

export const regions: readonly Region[] = ['na', 'eu', 'fe'];

/** Amazon's live service, or its sandbox, which answers from fixed examples. */
export type Environment = 'production' | 'sandbox';

/**
 * Where each region's API answers.
 * Source: developer-docs.amazon.com/sp-api/docs/sp-api-endpoints, checked November 2026.
 */
export const regionHosts: Readonly<Record<Region, Readonly<Record<Environment, string>>>> = {
  na: {
    production: 'https://sellingpartnerapi-na.amazon.com',
    sandbox: 'https://sandbox.sellingpartnerapi-na.amazon.com',
  },
  eu: {
    production: 'https://sellingpartnerapi-eu.amazon.com',
    sandbox: 'https://sandbox.sellingpartnerapi-eu.amazon.com',
  },
  fe: {
    production: 'https://sellingpartnerapi-fe.amazon.com',
    sandbox: 'https://sandbox.sellingpartnerapi-fe.amazon.com',
  },
};

/** Login with Amazon: one host for all regions and both environments. Source: the developer guide, checked November 2026. */
export const lwaTokenUrl = 'https://api.amazon.com/auth/o2/token';
