import type { Clock, RequestSigner } from '@fluxori/core';
import { JwtRequestSigner } from '@fluxori/network';
import type { AmazonSpConfig } from '../config.js';
import { gatewayUrl } from './gateway-config.js';

/**
 * What signs the calls to the account's gateway; undefined when nothing is to be signed.
 * @throws ConfigurationError when the header cannot carry a signature.
 */
export function gatewaySigner(
  { gateway, region }: Pick<AmazonSpConfig, 'gateway' | 'region'>,
  clock: Clock,
): RequestSigner | undefined {
  const url = gatewayUrl(gateway, region);
  if (gateway?.signing === undefined || url === undefined) return undefined;
  const { kid, alg, key, issuer, audience, header, lifeSeconds } = gateway.signing;
  return new JwtRequestSigner({
    ...{ issuer, audience, clock, key: { kid, alg, key }, origins: [new URL(url).origin] },
    ...(header !== undefined && { header }),
    ...(lifeSeconds !== undefined && { lifeSeconds }),
  });
}
