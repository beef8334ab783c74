export type Region = 'na' | 'eu' | 'fe';

export const regions: readonly Region[] = ['na', 'eu', 'fe'];

export interface Marketplace {
  readonly id: string;
  readonly countryCode: string;
  readonly region: Region;
  readonly currency: string;
  readonly name: string;
  readonly language: string;
  /** Rough price level: units of this currency for one South African rand. */
  readonly perRand: number;
  readonly decimals: number;
}

/**
 * Amazon's marketplaces.
 * Source: developer-docs.amazon.com/sp-api/docs/marketplace-ids, checked November 2026; currencies from
 * FikaAmazonAPI. `perRand` is ours: it only makes prices plausible.
 */
export const marketplaces: readonly Marketplace[] = [
  marketplace('A2EUQ1WTGCTBG2', 'CA', 'na', 'CAD', 'Amazon.ca', 'en_CA', 0.076),
  marketplace('ATVPDKIKX0DER', 'US', 'na', 'USD', 'Amazon.com', 'en_US', 0.055),
  marketplace('A1AM78C64UM0Y8', 'MX', 'na', 'MXN', 'Amazon.com.mx', 'es_MX', 1.03),
  marketplace('A2Q3Y263D00KWC', 'BR', 'na', 'BRL', 'Amazon.com.br', 'pt_BR', 0.31),
  marketplace('A28R8C7NBKEWEA', 'IE', 'eu', 'EUR', 'Amazon.ie', 'en_IE', 0.05),
  marketplace('A1RKKUPIHCS9HS', 'ES', 'eu', 'EUR', 'Amazon.es', 'es_ES', 0.05),
  marketplace('A1F83G8C2ARO7P', 'UK', 'eu', 'GBP', 'Amazon.co.uk', 'en_GB', 0.043),
  marketplace('A13V1IB3VIYZZH', 'FR', 'eu', 'EUR', 'Amazon.fr', 'fr_FR', 0.05),
  marketplace('AMEN7PMS3EDWL', 'BE', 'eu', 'EUR', 'Amazon.com.be', 'fr_BE', 0.05),
  marketplace('A1805IZSGTT6HS', 'NL', 'eu', 'EUR', 'Amazon.nl', 'nl_NL', 0.05),
  marketplace('A1PA6795UKMFR9', 'DE', 'eu', 'EUR', 'Amazon.de', 'de_DE', 0.05),
  marketplace('APJ6JRA9NG5V4', 'IT', 'eu', 'EUR', 'Amazon.it', 'it_IT', 0.05),
  marketplace('A2NODRKZP88ZB9', 'SE', 'eu', 'SEK', 'Amazon.se', 'sv_SE', 0.57),
  marketplace('AE08WJ6YKNBMC', 'ZA', 'eu', 'ZAR', 'Amazon.co.za', 'en_ZA', 1),
  marketplace('A1C3SOZRARQ6R3', 'PL', 'eu', 'PLN', 'Amazon.pl', 'pl_PL', 0.22),
  marketplace('ARBP9OOSHTCHU', 'EG', 'eu', 'EGP', 'Amazon.eg', 'ar_EG', 2.7),
  marketplace('A33AVAJ2PDY3EV', 'TR', 'eu', 'TRY', 'Amazon.com.tr', 'tr_TR', 1.9),
  marketplace('A17E79C6D8DWNP', 'SA', 'eu', 'SAR', 'Amazon.sa', 'ar_SA', 0.2),
  marketplace('A2VIGQ35RCS4UG', 'AE', 'eu', 'AED', 'Amazon.ae', 'en_AE', 0.2),
  marketplace('A21TJRUUN4KGV', 'IN', 'eu', 'INR', 'Amazon.in', 'en_IN', 4.6),
  marketplace('A19VAU5U5O7RUS', 'SG', 'fe', 'SGD', 'Amazon.sg', 'en_SG', 0.073),
  marketplace('A39IBJ37TRP1C6', 'AU', 'fe', 'AUD', 'Amazon.com.au', 'en_AU', 0.084),
  marketplace('A1VC38T7YXB528', 'JP', 'fe', 'JPY', 'Amazon.co.jp', 'ja_JP', 8.2, 0),
];

const byId: ReadonlyMap<string, Marketplace> = new Map(marketplaces.map((one) => [one.id, one]));

export function findMarketplace(id: string): Marketplace | undefined {
  return byId.get(id);
}

/** By id or country code; `GB` is taken for Amazon's `UK`. */
export function marketplaceOf(idOrCountry: string): Marketplace | undefined {
  const country = idOrCountry.toUpperCase() === 'GB' ? 'UK' : idOrCountry.toUpperCase();
  return byId.get(idOrCountry) ?? marketplaces.find((one) => one.countryCode === country);
}

function marketplace(
  id: string,
  countryCode: string,
  region: Region,
  currency: string,
  name: string,
  language: string,
  perRand: number,
  decimals = 2,
): Marketplace {
  return { id, countryCode, region, currency, name, language, perRand, decimals };
}
