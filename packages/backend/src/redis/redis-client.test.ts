import { describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { createRedisClient } from './redis-client.js';
import { readRedisUrl } from './redis-url.js';

describe("a Redis client's TLS", () => {
  it.each([
    ['//cache.example', { servername: 'cache.example' }],
    ['//10.0.0.7', {}],
    ['//[fd00::7]', {}],
  ])('asks %s for its name, unless it is an address', (location, tls) => {
    const address = readRedisUrl(location, true);
    const client = createRedisClient(address, { name: 'test', silenceMs: 1_000, waits: false }) as Redis;
    expect(client.options.tls).toEqual(tls);
    client.disconnect();
  });
});
