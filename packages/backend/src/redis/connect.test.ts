import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { connect } from './connect.js';
import type { RedisClient } from './redis-client.js';

const place = { label: 'cache:6379', tls: false };

/** A client that hears this, and then the answer, when the event loop next looks at its sockets. */
function clientThatHears(first?: Error): RedisClient {
  const client = Object.assign(new EventEmitter(), {
    connect: () => {
      setImmediate(() => {
        if (first !== undefined) client.emit('error', first);
        client.emit('ready');
      });
      return new Promise<void>(() => {});
    },
  });
  return client as unknown as RedisClient;
}

/** As a machine that gives its processor to others. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('the first connection to Redis', () => {
  it('is not given up because this process stood still while the answer came', async () => {
    const connected = connect(clientThatHears(), place, 400);
    standStill(800);
    await expect(connected).resolves.toBeUndefined();
  });

  it('is tried again where nothing listened yet when this process stood still', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const connected = connect(clientThatHears(refused), place, 10_000);
    standStill(2_500);
    await expect(connected).resolves.toBeUndefined();
  });

  it('is given up when nothing has answered in time', async () => {
    const silent = Object.assign(new EventEmitter(), { connect: () => new Promise<void>(() => {}) });
    await expect(connect(silent as unknown as RedisClient, place, 20)).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      host: 'cache:6379',
    });
  });
});
