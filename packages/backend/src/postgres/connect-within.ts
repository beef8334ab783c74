import pg from 'pg';
import { RunTime } from '../life/run-time.js';

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
 */
export async function connectWithin(client: pg.Client, limitMs: number | undefined): Promise<void> {
  const { connection } = client as unknown as { connection: { stream: { destroy(error: Error): void } } };
  const time = limitMs
    ? new RunTime({ ms: limitMs, expire: () => connection.stream.destroy(new Error('timeout expired')) })
    : undefined;
  try {
    await client.connect();
  } finally {
    time?.stop();
  }
}
