import type { RedisClient } from './redis-client.js';

/**
 * Hears which waiter a freed lock is meant for, on a connection of its own that is opened when somebody first waits.
 * When it is not there, waiting goes on by asking more often.
 */
export class LockBell {
  readonly #channel: string;
  readonly #connect: () => RedisClient;
  readonly #waiters = new Map<string, () => void>();
  #client: RedisClient | undefined;
  #isHeard = false;

  /** @param connect - makes a client for subscribing; it is closed with the bell. */
  constructor(channel: string, connect: () => RedisClient) {
    this.#channel = channel;
    this.#connect = connect;
  }

  /** Whether the bell can be relied on. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** Calls `wake` when the bell rings for this waiter, until the returned function is called. */
  listen(waiter: string, wake: () => void): () => void {
    this.#waiters.set(waiter, wake);
    this.#client ??= this.#open();
    return () => this.#waiters.delete(waiter);
  }

  close(): void {
    this.#client?.disconnect();
    this.#waiters.clear();
  }

  #open(): RedisClient {
    const client = this.#connect();
    const subscribe = () => {
      client.subscribe(this.#channel).then(
        () => {
          this.#isHeard = true;
        },
        () => {},
      );
    };
    client.on('error', () => {});
    client.on('close', () => {
      this.#isHeard = false;
    });
    client.on('ready', subscribe);
    client.on('message', (channel: string, message: string) => {
      if (channel !== this.#channel) return;
      for (const waiter of message.split(' ')) this.#waiters.get(waiter)?.();
    });
    client.connect().catch(() => {});
    return client;
  }
}
