import type { Redis } from 'ioredis';

/**
 * Lets a client end, and its copies, also between two attempts to reconnect. ioredis only drops the next attempt then: it tells nobody that the
 * client has ended and leaves what is being asked unanswered, so that BullMQ's worker waits for that end for ever and no process with it stops.
 */
export function endsBetweenAttempts(client: Redis): Redis {
  const disconnect = client.disconnect.bind(client);
  const duplicate = client.duplicate.bind(client);
  return Object.assign(client, {
    disconnect(reconnect = false) {
      // An attempt that is broken off ends as it should.
      if (client.status === 'reconnecting' && !reconnect) client.connect().catch(() => {});
      disconnect(reconnect);
    },
    duplicate: (override?: Parameters<Redis['duplicate']>[0]) => endsBetweenAttempts(duplicate(override)),
  });
}
