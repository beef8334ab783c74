import { once } from 'node:events';
import { sleep } from '@fluxori/core';
import { describeWith, openRelay, serviceUrl } from '@fluxori/test-services';
import { expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { createRedisClient } from './redis-client.js';
import { readRedisUrl } from './redis-url.js';

describeWith('redis', 'a client that is told to end between two attempts to reconnect', () => {
  it.each<[string, (client: Redis) => Redis]>([
    ['ends, and what was being asked with it', (client) => client],
    ['does so as a copy, such as BullMQ makes for what blocks', (client) => client.duplicate()],
  ])('%s', async (_, of) => {
    await using relay = await openRelay(Number(new URL(serviceUrl('redis')!).port));
    const address = readRedisUrl(`//127.0.0.1:${relay.port}`, false);
    const first = createRedisClient(address, { name: 'test', silenceMs: 20_000, waits: true }) as Redis;
    const client = of(first);
    client.on('error', () => {});
    if (client.status === 'wait') await client.connect();
    await relay.cut();
    while (client.status !== 'reconnecting') await sleep(1);
    const asked = client.ping();
    const refused = expect(asked).rejects.toThrow('Connection is closed.');
    const ended = once(client, 'end');
    client.disconnect();
    await ended;
    await refused;
    first.disconnect();
  });
});
