import type { Logger } from '@fluxori/core';
import type { QueueBaseOptions } from 'bullmq';
import type { QueueConnection } from '../fluxori-backend.js';
import { createRedisClient, type RedisClient } from './redis-client.js';
import { reasonOf } from './redis-failure.js';
import type { RedisAddress } from './redis-url.js';
import { withoutPolicy } from './without-policy.js';

export interface QueueLink {
  readonly connection: QueueConnection;
  close(): void;
}

/** BullMQ's factory takes it, and its type for all databases leaves it out. */
type RedisQueueOptions = QueueBaseOptions & { readonly prefix: string };

/** BullMQ blocks for up to 10 s at a time, so that silence means nothing before that. */
const silenceMs = 20_000;

/**
 * One connection for all queues, workers' commands and schedulers of this process. BullMQ makes one more, a copy of it, for what must block:
 * one for each `Worker` and each `QueueEvents`. What is asked of a Redis that is away waits and is sent when it is back.
 */
export async function connectQueue(address: RedisAddress, logger: Logger): Promise<QueueLink> {
  const { createRedisBackend } = await import('bullmq');
  const client: RedisClient = withoutPolicy(
    createRedisClient(address, { name: 'fluxori-queue', silenceMs, waits: true }),
  );
  // The state of Redis is told by the ports' connection; this listener keeps ioredis from printing.
  client.on('error', (error: unknown) =>
    logger.debug({ error: reasonOf(error) }, 'connection of the queues'),
  );
  client.connect().catch(() => {});
  const prefix = `{${address.prefix}}`;
  return {
    connection: {
      connection: client,
      prefix,
      // Whoever forgets the prefix must not meet the queues of others: it is set here, too.
      backendFactory: (name, options, extra) => {
        const all: RedisQueueOptions = { prefix, ...options, connection: client };
        return createRedisBackend(name, all, extra);
      },
    },
    close: () => client.disconnect(),
  };
}
