import type { MetricDefinition } from '@fluxori/core';

/** The metrics that this package reports: a series for each account, which is needed to say whom to write to; read when somebody looks. */
export const amazonMetrics = {
  clientSecretExpiry: {
    name: 'fluxori_client_secret_expiry_timestamp_seconds',
    kind: 'gauge',
    help: 'When the client secret that the account uses ends, for accounts whose configuration says when it was made.',
    labels: ['account'],
  },
  authorisationExpiry: {
    name: 'fluxori_authorisation_expiry_timestamp_seconds',
    kind: 'gauge',
    help: 'When the seller must have renewed the authorisation, for accounts whose configuration says when it was given.',
    labels: ['account'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
