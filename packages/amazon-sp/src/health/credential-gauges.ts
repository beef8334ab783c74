import type { GaugeSource } from '@fluxori/core';
import type { AmazonSpConfig } from '../config.js';
import { amazonMetrics } from '../metric-names.js';
import { credentialEnds } from './credential-ends.js';

const { clientSecretExpiry, authorisationExpiry } = amazonMetrics;
const gauges = { clientSecret: clientSecretExpiry, authorisation: authorisationExpiry } as const;

/**
 * When client secrets and authorisations end, by account. A moment does not grow old between two looks: the alert compares it with `time()`.
 * @param connectors - those of this process, as they are when somebody looks.
 */
export function credentialGauges(
  connectors: () => Iterable<{ readonly config: AmazonSpConfig }>,
): GaugeSource {
  return {
    name: 'credentials',
    gauges: Object.values(gauges),
    read: async () =>
      [...connectors()].flatMap(({ config }) =>
        credentialEnds(config, 0).map(({ kind, expiresAt }) => ({
          name: gauges[kind].name,
          value: Math.floor(expiresAt.getTime() / 1000),
          labels: { account: config.accountId },
        })),
      ),
  };
}
