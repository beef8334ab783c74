import { RunTime } from '@fluxori/core';
import pg from 'pg';

/** A client that is not connected yet, and whose time to connect is counted by `connectWithin`. */
export function clientOf(config: pg.ClientConfig): pg.Client {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: 0 });
  client.on('error', () => {});
  return client;
}

/**
 * Connects. The limit is that of pg, by the same words, but counts only while this process runs.
 *
 * @param limitMs - in milliseconds; none or zero waits as long as the network lets it.
 * @throws the signal's reason at once when it is aborted, and hangs up: pg would say goodbye, and wait for that of a server that may never say anything.
 */
export async function connectWithin(
  client: pg.Client,
  limitMs: number | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const { connection } = client as unknown as { connection: { stream: { destroy(error?: Error): void } } };
  const time = limitMs
    ? new RunTime({ ms: limitMs, expire: () => connection.stream.destroy(new Error('timeout expired')) })
    : undefined;
  let leave: () => void = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => {
      connection.stream.destroy();
      reject(signal?.reason);
    };
  });
  signal?.addEventListener('abort', leave, { once: true });
  try {
    await Promise.race([client.connect(), left]);
  } finally {
    signal?.removeEventListener('abort', leave);
    time?.stop();
  }
}
