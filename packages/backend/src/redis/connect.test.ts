import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { connect } from './connect.js';
import type { RedisClient } from './redis-client.js';

const place = { label: 'cache:6379', tls: false };

/** A client that hears the answer when the event loop next looks at its sockets. */
function clientThatHears(): RedisClient {
  const client = Object.assign(new EventEmitter(), {
    connect: () => {
      setImmediate(() => client.emit('ready'));
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
    const connected = connect(clientThatHears(), place, 20);
    standStill(800);
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
