import { isIP } from 'node:net';
import { type Random, systemRandom } from '@fluxori/core';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { endsBetweenAttempts } from './ends-between-attempts.js';
import type { RedisAddress } from './redis-url.js';

/** One logical connection, whichever way Redis is run. */
export type RedisClient = Redis | Cluster;

/** What differs between the connection of the ports and those of BullMQ. */
export interface ClientTraits {
  /** Shown by CLIENT LIST. */
  readonly name: string;
  /** How long Redis may say nothing while it owes an answer; longer means that the connection is dead. */
  readonly silenceMs: number;
  /** Whether commands wait inside ioredis for a Redis that is away, and are sent again when an answer was lost. */
  readonly waits: boolean;
}

/** Makes a client that does not connect before `connect()` and never gives up reconnecting. */
export function createRedisClient(
  address: RedisAddress,
  traits: ClientTraits,
  random: Random = systemRandom,
): RedisClient {
  const backoff = (times: number) => backoffMs(times, random);
  const shared = {
    ...(address.username !== undefined && { username: address.username }),
    ...(address.password !== undefined && { password: address.password }),
    connectionName: traits.name,
    connectTimeout: 5_000,
    disconnectTimeout: 250,
    socketTimeout: traits.silenceMs,
    keepAlive: 10_000,
    maxRetriesPerRequest: traits.waits ? null : 0,
    autoResendUnfulfilledCommands: traits.waits,
    reconnectOnError,
  } satisfies RedisOptions;
  if (address.mode === 'cluster') {
    return new Cluster([...address.hosts], {
      lazyConnect: true,
      enableOfflineQueue: traits.waits,
      clusterRetryStrategy: backoff,
      slotsRefreshTimeout: 5_000,
      // A node's certificate is for its name; resolving it here would leave only the address.
      ...(address.tls && { dnsLookup: (host, callback) => callback(null, host) }),
      redisOptions: { ...shared, ...(address.tls && { tls: {} }) },
    });
  }
  const options: RedisOptions = {
    ...shared,
    lazyConnect: true,
    db: address.db,
    enableOfflineQueue: traits.waits,
    retryStrategy: backoff,
  };
  if (address.mode === 'sentinel') {
    const client = new Redis({
      ...options,
      name: address.sentinel!,
      sentinels: [...address.hosts],
      sentinelRetryStrategy: backoff,
      ...(address.sentinelUsername !== undefined && { sentinelUsername: address.sentinelUsername }),
      ...(address.sentinelPassword !== undefined && { sentinelPassword: address.sentinelPassword }),
      ...(address.tls && { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true }),
    });
    return endsBetweenAttempts(client);
  }
  const { host, port } = address.hosts[0]!;
  // An address is no server name (RFC 6066); the certificate is checked against it all the same.
  return endsBetweenAttempts(
    new Redis({
      ...options,
      host,
      port,
      ...(address.tls && { tls: isIP(host) > 0 ? {} : { servername: host } }),
    }),
  );
}

/** Quick at first, so that a restart is hardly noticed; then once a second and a bit, so that a thousand processes do not come in step. */
function backoffMs(times: number, random: Random): number {
  return Math.min(50 * 2 ** Math.min(times, 5), 1_000) * (0.75 + random() / 2);
}

/** After a failover the old master is a replica: only a new connection finds the new one. */
function reconnectOnError(error: Error): boolean {
  return error.message.startsWith('READONLY');
}
