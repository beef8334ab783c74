import { ConfigurationError, type Logger } from '@fluxori/core';
import type { RedisClient } from './redis-client.js';
import type { RedisAddress } from './redis-url.js';

export interface ServerFacts {
  readonly version: string;
  readonly maxmemoryPolicy: string;
  readonly aofEnabled: boolean;
}

const oldest = [6, 2] as const;

/**
 * Looks at what kind of Redis this is, and warns of settings that lose work.
 *
 * @throws ConfigurationError when it is older than 6.2, or run in another way than the URL says.
 */
export async function checkServer(
  client: RedisClient,
  { label, mode }: RedisAddress,
  logger: Logger,
): Promise<ServerFacts> {
  const info = await client.info();
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const version = field('redis_version') ?? '0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new ConfigurationError(
      `Redis at ${label} is version ${version}; 6.2 is the oldest that this works with.`,
      {
        code: 'BACKEND_UNAVAILABLE',
        field: 'backend',
        remedy: 'Upgrade Redis to 6.2 or newer (7.2 or newer is better), or name another server in the URL.',
      },
    );
  }
  const runs = field('redis_mode') ?? 'standalone';
  if (runs === 'sentinel') {
    throw unlike(
      label,
      'is a sentinel',
      'Write sentinel=<master name> into the URL, or name Redis itself in it.',
    );
  }
  if (runs === 'cluster' && mode !== 'cluster') {
    throw unlike(label, 'is part of a cluster', 'Write cluster=true into the URL.');
  }
  const facts = {
    version,
    maxmemoryPolicy: field('maxmemory_policy') ?? 'unknown',
    aofEnabled: field('aof_enabled') === '1',
  };
  if (facts.maxmemoryPolicy !== 'noeviction' && facts.maxmemoryPolicy !== 'unknown') {
    logger.warn(
      { host: label, maxmemoryPolicy: facts.maxmemoryPolicy },
      `Redis at ${label} throws data away when its memory is full (maxmemory-policy ${facts.maxmemoryPolicy}): jobs, limits and records can vanish. Set "maxmemory-policy noeviction" in redis.conf.`,
    );
  }
  if (!facts.aofEnabled) {
    logger.warn(
      { host: label, appendonly: 'no' },
      `Redis at ${label} does not write each change to its disk (appendonly no): jobs of the last minutes are lost when it stops. Set "appendonly yes" in redis.conf.`,
    );
  }
  return facts;
}

function unlike(label: string, what: string, remedy: string): ConfigurationError {
  return new ConfigurationError(`Redis at ${label} ${what}, and the URL does not say so.`, {
    code: 'BACKEND_UNAVAILABLE',
    field: 'backend',
    remedy,
  });
}
