import type { Redis } from 'ioredis';
import type { RedisClient } from './redis-client.js';

/**
 * Hides the eviction policy from BullMQ, in the copies of the client, too. BullMQ prints to the console what it thinks of it, once for each of its
 * connections: 86 lines in the midst of a worker's log, which has said so once (`checkServer`).
 */
export function withoutPolicy<Client extends RedisClient>(client: Client): Client {
  const { info, duplicate } = client as Redis;
  return Object.assign(client, {
    info: async (...sections: string[]) =>
      (await info.apply(client as Redis, sections as [])).replace(/^maxmemory_policy:.*$/m, ''),
    duplicate: (...override: Parameters<Redis['duplicate']>) =>
      withoutPolicy(duplicate.apply(client as Redis, override)),
  });
}
