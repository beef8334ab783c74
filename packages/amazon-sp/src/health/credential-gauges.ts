import { type Clock, type GaugeSource, systemClock } from '@fluxori/core';
import type { AmazonSpConfig } from '../config.js';
import { amazonMetrics } from '../metric-names.js';
import { credentialEnds } from './credential-ends.js';

const { clientSecretExpires, authorisationExpires } = amazonMetrics;
const gauges = { clientSecret: clientSecretExpires, authorisation: authorisationExpires } as const;

/**
 * How long client secrets and authorisations are good for, by account.
 * @param connectors - those of this process, as they are when somebody looks.
 */
export function credentialGauges(
  connectors: () => Iterable<{ readonly config: AmazonSpConfig }>,
  clock: Clock = systemClock,
): GaugeSource {
  return {
    name: 'credentials',
    gauges: Object.values(gauges),
    read: async () => {
      const now = clock.now();
      return [...connectors()].flatMap(({ config }) =>
        credentialEnds(config, now).map(({ kind, expiresAt }) => ({
          name: gauges[kind].name,
          value: Math.floor((expiresAt.getTime() - now) / 1000),
          labels: { account: config.accountId },
        })),
      );
    },
  };
}
