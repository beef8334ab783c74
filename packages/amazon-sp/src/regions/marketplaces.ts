import { type MarketplaceId, shown, ValidationError } from '@fluxori/core';
import { didYouMean } from '../pipeline/did-you-mean.js';
import type { Region } from './region.js';

/** One of Amazon's stores. */
export interface Marketplace {
  /** Amazon's own code, which is ISO 3166 but for `UK`. */
  readonly code: string;
  readonly id: MarketplaceId;
  readonly region: Region;
  /** ISO 4217. */
  readonly currency: string;
  readonly domain: string;
  readonly country: string;
}

function row(
  code: string,
  id: string,
  region: Region,
  currency: string,
  domain: string,
  country: string,
): Marketplace {
  return { code, id: id as MarketplaceId, region, currency, domain, country };
}

/** Every marketplace of the Selling Partner API. Source: developer-docs.amazon.com/sp-api/docs/marketplace-ids, checked November 2026. */
export const marketplaces: readonly Marketplace[] = [
  row('CA', 'A2EUQ1WTGCTBG2', 'na', 'CAD', 'amazon.ca', 'Canada'),
  row('US', 'ATVPDKIKX0DER', 'na', 'USD', 'amazon.com', 'United States'),
  row('MX', 'A1AM78C64UM0Y8', 'na', 'MXN', 'amazon.com.mx', 'Mexico'),
  row('BR', 'A2Q3Y263D00KWC', 'na', 'BRL', 'amazon.com.br', 'Brazil'),
  row('IE', 'A28R8C7NBKEWEA', 'eu', 'EUR', 'amazon.ie', 'Ireland'),
  row('ES', 'A1RKKUPIHCS9HS', 'eu', 'EUR', 'amazon.es', 'Spain'),
  row('UK', 'A1F83G8C2ARO7P', 'eu', 'GBP', 'amazon.co.uk', 'United Kingdom'),
  row('FR', 'A13V1IB3VIYZZH', 'eu', 'EUR', 'amazon.fr', 'France'),
  row('BE', 'AMEN7PMS3EDWL', 'eu', 'EUR', 'amazon.com.be', 'Belgium'),
  row('NL', 'A1805IZSGTT6HS', 'eu', 'EUR', 'amazon.nl', 'Netherlands'),
  row('DE', 'A1PA6795UKMFR9', 'eu', 'EUR', 'amazon.de', 'Germany'),
  row('IT', 'APJ6JRA9NG5V4', 'eu', 'EUR', 'amazon.it', 'Italy'),
  row('SE', 'A2NODRKZP88ZB9', 'eu', 'SEK', 'amazon.se', 'Sweden'),
  row('ZA', 'AE08WJ6YKNBMC', 'eu', 'ZAR', 'amazon.co.za', 'South Africa'),
  row('PL', 'A1C3SOZRARQ6R3', 'eu', 'PLN', 'amazon.pl', 'Poland'),
  row('EG', 'ARBP9OOSHTCHU', 'eu', 'EGP', 'amazon.eg', 'Egypt'),
  row('TR', 'A33AVAJ2PDY3EV', 'eu', 'TRY', 'amazon.com.tr', 'Turkey'),
  row('SA', 'A17E79C6D8DWNP', 'eu', 'SAR', 'amazon.sa', 'Saudi Arabia'),
  row('AE', 'A2VIGQ35RCS4UG', 'eu', 'AED', 'amazon.ae', 'United Arab Emirates'),
  row('IN', 'A21TJRUUN4KGV', 'eu', 'INR', 'amazon.in', 'India'),
  row('SG', 'A19VAU5U5O7RUS', 'fe', 'SGD', 'amazon.sg', 'Singapore'),
  row('AU', 'A39IBJ37TRP1C6', 'fe', 'AUD', 'amazon.com.au', 'Australia'),
  row('JP', 'A1VC38T7YXB528', 'fe', 'JPY', 'amazon.co.jp', 'Japan'),
];

/** Codes that people write for one of Amazon's. */
const codeAliases: Readonly<Record<string, string>> = { GB: 'UK' };

const byName: ReadonlyMap<string, Marketplace> = new Map(
  marketplaces.flatMap((marketplace) => [
    [marketplace.id.toUpperCase(), marketplace] as const,
    [marketplace.code, marketplace] as const,
  ]),
);

/** @param name - a marketplace id (`AE08WJ6YKNBMC`) or a country code (`ZA`; `UK` and `GB` are the same). */
export function findMarketplace(name: string): Marketplace | undefined {
  if (typeof name !== 'string') return undefined;
  const upper = name.trim().toUpperCase();
  return byName.get(codeAliases[upper] ?? upper);
}

/** What is wrong with an unknown marketplace, in words that name the ones there are. */
export function unknownMarketplace(name: string): string {
  const names = marketplaces.flatMap(({ code, id }) => [code, id]);
  const codes = marketplaces.map(({ code }) => code).join(', ');
  return `${shown(name)} is no Amazon marketplace${didYouMean(name, names)}; known country codes: ${codes}`;
}

/**
 * @param field - named in the error.
 * @throws ValidationError `MARKETPLACE_UNKNOWN`.
 */
export function marketplaceOf(name: string, field = 'marketplaceId'): Marketplace {
  const found = findMarketplace(name);
  if (found === undefined) {
    throw new ValidationError(`${field}: ${unknownMarketplace(name)}.`, {
      code: 'MARKETPLACE_UNKNOWN',
      field,
      remedy: 'Pass a marketplace id such as AE08WJ6YKNBMC, or its country code.',
    });
  }
  return found;
}
