import type { RedisClient } from './redis-client.js';
import { awayError, misconfiguration } from './redis-failure.js';

/** A name that is wrong, or a port that nobody has, is told sooner than a server that takes its time. */
const soonMs = 2_000;
const tellsSoon = new Set(['ENOTFOUND', 'ECONNREFUSED']);

/**
 * Waits for the first connection. Meanwhile ioredis tries again and again, so that a Redis that is just being started is found.
 *
 * @throws ConfigurationError when it will never succeed: credentials, certificate, something else behind the port;
 *   NetworkError `BACKEND_UNAVAILABLE` when nothing answered within `withinMs`.
 */
export function connect(client: RedisClient, label: string, withinMs: number): Promise<void> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    let lastError: unknown = new Error('nothing answers');
    const settle = (end: () => void) => {
      clearTimeout(timer);
      client.off('ready', onReady);
      client.off('error', onError);
      client.off('node error', onError);
      client.on('error', () => {});
      end();
    };
    const waited = () => performance.now() - startedAt;
    const onReady = () => settle(resolve);
    const onError = (error: Error & { code?: string }) => {
      lastError = error;
      const wrong = misconfiguration(error, label);
      if (wrong !== undefined) settle(() => reject(wrong));
      else if (tellsSoon.has(error.code ?? '') && waited() > soonMs) giveUp();
    };
    const giveUp = () => settle(() => reject(awayError(label, lastError, waited())));
    const timer = setTimeout(giveUp, withinMs);
    client.on('ready', onReady);
    client.on('error', onError);
    client.on('node error', onError);
    client.connect().catch(() => {});
  });
}
