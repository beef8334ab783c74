import type { Sandbox } from '@fluxori/sandbox';
import type { CliConfig } from './config.js';

/** The configuration of an account at the sandbox's first seller. */
export function sandboxAccount(
  sandbox: Pick<Sandbox, 'credentials' | 'endpoints'>,
): CliConfig['accounts'][string] {
  const { applicationId, sellerId, marketplaceId, clientId, clientSecret, refreshToken } =
    sandbox.credentials;
  return {
    connector: 'amazon-sp',
    sellerId,
    marketplaceIds: [marketplaceId],
    applicationId,
    clientId,
    clientSecret,
    refreshToken,
    endpoints: sandbox.endpoints,
  };
}
