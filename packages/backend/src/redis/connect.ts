import { RunTime } from '@fluxori/core';
import type { RedisClient } from './redis-client.js';
import { awayError, misconfiguration } from './redis-failure.js';
import type { RedisAddress } from './redis-url.js';

/** A name that is wrong, or a port that nobody has, is told sooner than a server that takes its time. */
const soonMs = 2_000;
const tellsSoon = new Set(['ENOTFOUND', 'ECONNREFUSED']);

/**
 * Waits for the first connection. Meanwhile ioredis tries again and again, so that a Redis that is just being started is found.
 *
 * @throws ConfigurationError when it will never succeed: credentials, certificate, something else behind the port;
 *   NetworkError `BACKEND_UNAVAILABLE` when nothing answered within `withinMs` of this process' running; the signal's reason.
 */
export function connect(
  client: RedisClient,
  { label, tls }: Pick<RedisAddress, 'label' | 'tls'>,
  withinMs: number,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    // A Redis without TLS waits for more when it sees a TLS greeting, so this is all that can be seen of the mistake.
    const silence = new Error(tls ? 'nothing answers in TLS; perhaps redis:// is meant' : 'nothing answers');
    let lastError: unknown = silence;
    const settle = (end: () => void) => {
      time.stop();
      client.off('ready', onReady);
      client.off('error', onError);
      client.off('node error', onError);
      client.on('error', () => {});
      signal?.removeEventListener('abort', onAbort);
      end();
    };
    const onReady = () => settle(resolve);
    const onError = (error: Error & { code?: string }) => {
      lastError = tls && error.code === 'ETIMEDOUT' ? silence : error;
      const wrong = misconfiguration(error, label);
      // A proxy whose Redis is just starting hangs up in this way, too.
      const mayPass = /before secure TLS/.test(error.message) && time.ms < soonMs;
      if (wrong !== undefined && !mayPass) settle(() => reject(wrong));
      else if (tellsSoon.has(error.code ?? '') && time.ms > soonMs) giveUp();
    };
    const onAbort = () => settle(() => reject(signal?.reason));
    const giveUp = () => settle(() => reject(awayError(label, lastError, time.ms)));
    const time = new RunTime({ ms: withinMs, expire: giveUp });
    signal?.addEventListener('abort', onAbort, { once: true });
    client.on('ready', onReady);
    client.on('error', onError);
    client.on('node error', onError);
    client.connect().catch(() => {});
  });
}
