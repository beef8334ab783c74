import type { GaugeSource, Health } from '@fluxori/core';
import { amazonMetrics } from '../metric-names.js';
import type { DeadNotifications } from './dead-notifications.js';

const { notificationQueueUp, deadNotifications } = amazonMetrics;

/** Whether the queue can be read, and how many messages were put aside. */
export function notificationGauges(listener: {
  health(): Health;
  readonly dead: Pick<DeadNotifications, 'count'>;
}): GaugeSource {
  return {
    name: 'notifications',
    gauges: [notificationQueueUp, deadNotifications],
    read: async () => [
      { name: notificationQueueUp.name, value: listener.health().status === 'up' ? 1 : 0 },
      { name: deadNotifications.name, value: await listener.dead.count() },
    ],
  };
}
