import type { MetricDefinition } from '@fluxori/core';

/** The metrics that this package reports: one series for each account whose dates are configured, read when somebody looks. */
export const amazonMetrics = {
  clientSecretExpires: {
    name: 'fluxori_client_secret_expires_seconds',
    kind: 'gauge',
    help: 'Seconds until the client secret that the account uses ends; negative when it is over.',
    labels: ['account'],
  },
  authorisationExpires: {
    name: 'fluxori_authorisation_expires_seconds',
    kind: 'gauge',
    help: "Seconds until the seller's authorisation must have been renewed; negative when it is over.",
    labels: ['account'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
