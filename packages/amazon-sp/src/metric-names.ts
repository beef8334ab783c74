import type { MetricDefinition } from '@fluxori/core';

/**
 * The metrics that this package reports. When credentials end is told for each account, which is needed to say whom to write to, and read when
 * somebody looks; notifications are counted by type.
 */
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
  notifications: {
    name: 'fluxori_notifications_total',
    kind: 'counter',
    help: 'Notifications that came: done, duplicate (a copy), ignored (nobody here needs it), dead (put aside, and kept), or postponed (it comes again).',
    labels: ['type', 'outcome'],
  },
  notificationDelay: {
    name: 'fluxori_notification_delay_seconds',
    kind: 'duration',
    help: 'From when Amazon published a notification until what it is for was put in, by Amazon’s clock and ours.',
    labels: ['type'],
    buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600],
  },
  notificationTroubles: {
    name: 'fluxori_notification_troubles_total',
    kind: 'counter',
    help: 'Times that the queue of notifications could not be read (receive), or a message in hand not be kept hidden (prolong) or deleted when it was done (delete).',
    labels: ['step'],
  },
  notificationQueueUp: {
    name: 'fluxori_notification_queue_up',
    kind: 'gauge',
    help: 'Whether the queue of notifications can be read: 1, or 0 while it is tried again.',
    labels: [],
  },
  deadNotifications: {
    name: 'fluxori_dead_notifications',
    kind: 'gauge',
    help: 'Notifications that were put aside and wait for somebody.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
