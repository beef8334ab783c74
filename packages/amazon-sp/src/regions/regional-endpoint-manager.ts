import { ValidationError } from '@fluxori/core';
import { type Marketplace, marketplaceOf } from './marketplaces.js';
import { type Environment, lwaTokenUrl, type Region, regionHosts } from './region.js';

/** Addresses to use instead of Amazon's: a local sandbox, a gateway. Each is an absolute URL, with or without a path. */
export interface EndpointOverrides {
  readonly lwa?: string;
  readonly na?: string;
  readonly eu?: string;
  readonly fe?: string;
}

/** Knows where to send what: marketplace to region to host, in production, in Amazon's sandbox, or at an address of your own. */
export class RegionalEndpointManager {
  readonly environment: Environment;
  readonly #overrides: EndpointOverrides;

  constructor(options: { environment?: Environment; endpoints?: EndpointOverrides } = {}) {
    this.environment = options.environment ?? 'production';
    this.#overrides = options.endpoints ?? {};
  }

  /** Where tokens come from. An override without a path is completed with Amazon's. */
  get lwaUrl(): string {
    const { lwa } = this.#overrides;
    if (lwa === undefined) return lwaTokenUrl;
    return new URL(lwa).pathname === '/' ? new URL(new URL(lwaTokenUrl).pathname, lwa).href : lwa;
  }

  /**
   * The base URL of a region's API, without a slash at its end.
   * @param environment - another than the connector's: restricted data tokens come from production hosts only.
   */
  baseUrl(region: Region, environment: Environment = this.environment): string {
    return (this.#overrides[region] ?? regionHosts[region][environment]).replace(/\/+$/, '');
  }

  /** Whether the region's calls go to an address of one's own. */
  isOverridden(region: Region): boolean {
    return this.#overrides[region] !== undefined;
  }

  /**
   * The marketplace, made sure to be of the region.
   * @param name - id or country code.
   * @throws ValidationError `MARKETPLACE_UNKNOWN` or `MARKETPLACE_WRONG_REGION`, naming `field`.
   */
  marketplaceIn(region: Region, name: string, field = 'marketplaceId'): Marketplace {
    const marketplace = marketplaceOf(name, field);
    if (marketplace.region !== region) {
      throw new ValidationError(`${field}: ${wrongRegion(marketplace, region)}.`, {
        code: 'MARKETPLACE_WRONG_REGION',
        field,
        remedy: `Use a connector whose account is authorised in region ${marketplace.region}.`,
      });
    }
    return marketplace;
  }
}

/** What is wrong with a marketplace of another region, in words. */
export function wrongRegion(marketplace: Marketplace, region: Region): string {
  return `marketplace ${marketplace.code} (${marketplace.id}) is in region ${marketplace.region}, and this account is in region ${region}`;
}
