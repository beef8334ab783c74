import type { Clock } from '@fluxori/core';
import type { AmazonSpConfig } from '../config.js';
import type { RegionalEndpointManager } from '../regions/regional-endpoint-manager.js';
import type { SpApi } from './api-client.js';

/** What a section client works with. */
export interface SectionContext {
  readonly api: SpApi;
  readonly config: Pick<AmazonSpConfig, 'accountId' | 'sellerId' | 'region' | 'home' | 'marketplaceIds'> &
    Partial<Pick<AmazonSpConfig, 'retention'>>;
  readonly endpoints: RegionalEndpointManager;
  readonly clock: Clock;
}
