import { type Marketplace, marketplaceOf } from '../regions/marketplaces.js';

/** Spain, the United Kingdom, France, Germany and Italy share one. */
const europe = 'sellercentral-europe.amazon.com';

/**
 * Where the sellers of each marketplace sign in, by Amazon's country code.
 * Source: developers.apideck.com/connectors/amazon-seller-central/docs/consumer+connection and the tables of four public programs, which agree
 * on all but Ireland (one has the European host for it); checked November 2026. Amazon's own list was not at hand: should one be wrong, the
 * address can be given (`sellerCentralUrl`, or `endpoints.sellerCentral` in the configuration).
 */
export const sellerCentralHosts: Readonly<Record<string, string>> = {
  CA: 'sellercentral.amazon.ca',
  US: 'sellercentral.amazon.com',
  MX: 'sellercentral.amazon.com.mx',
  BR: 'sellercentral.amazon.com.br',
  IE: 'sellercentral.amazon.ie',
  ES: europe,
  UK: europe,
  FR: europe,
  BE: 'sellercentral.amazon.com.be',
  NL: 'sellercentral.amazon.nl',
  DE: europe,
  IT: europe,
  SE: 'sellercentral.amazon.se',
  ZA: 'sellercentral.amazon.co.za',
  PL: 'sellercentral.amazon.pl',
  EG: 'sellercentral.amazon.eg',
  TR: 'sellercentral.amazon.com.tr',
  SA: 'sellercentral.amazon.sa',
  AE: 'sellercentral.amazon.ae',
  IN: 'sellercentral.amazon.in',
  SG: 'sellercentral.amazon.sg',
  AU: 'sellercentral.amazon.com.au',
  JP: 'sellercentral.amazon.co.jp',
};

/**
 * The base URL of a marketplace's Seller Central.
 * @param marketplace - id, country code, or the marketplace itself.
 * @throws ValidationError `MARKETPLACE_UNKNOWN`.
 */
export function sellerCentralUrl(marketplace: string | Marketplace): string {
  const { code } = typeof marketplace === 'string' ? marketplaceOf(marketplace, 'marketplace') : marketplace;
  return `https://${sellerCentralHosts[code]}`;
}
