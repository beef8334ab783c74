import { type Logger, sleep } from '@fluxori/core';
import pg from 'pg';
import { clientOf, connectWithin } from './connect-within.js';
import { attemptMs } from './connections.js';

export interface Ear {
  readonly heard: (payload: string) => void;
  /** What came in the meantime was not heard; called when the connection is lost. */
  readonly lost?: (error: Error) => void;
  /** It listens again, after having been lost. */
  readonly restored?: () => void;
}

interface ListenerOptions {
  readonly client: pg.ClientConfig;
  readonly logger: Logger;
  /** Told when the connection is lost. */
  readonly missed: (error: Error) => void;
  /** Fulfils when the database is there again. */
  readonly untilBack: () => Promise<void>;
}

/** TCP's own keepalive finds a dead network, not a server that has stopped moving. */
const heartbeatMs = 15_000;

/**
 * The one connection that LISTENs, for everybody in the process: locks, and all of BullMQ's workers and events, however many queues there are.
 * When it is lost it is made again and listens to the same channels.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #channels = new Map<string, Set<Ear>>();
  readonly #ended = new AbortController();
  #client: Promise<pg.Client> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Fulfils when it listens. The function it gives ends it. */
  async listen(channel: string, ear: Ear): Promise<() => void> {
    const there = this.#channels.get(channel);
    const ears = there ?? new Set<Ear>();
    ears.add(ear);
    if (there === undefined) this.#channels.set(channel, ears);
    const stop = () => this.#stop(channel, ear);
    try {
      await this.#listening(channel);
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    clearInterval(this.#heartbeat);
    this.#channels.clear();
    const client = await this.#client?.catch(() => undefined);
    await client?.end().catch(() => {});
  }

  /** LISTEN again to a channel that is listened to costs next to nothing, and is right however the calls overlap. */
  async #listening(channel: string): Promise<void> {
    const client = await this.#connected();
    const text = `listen ${pg.escapeIdentifier(channel)}`;
    await client.query({ text, query_timeout: attemptMs } as pg.QueryConfig);
  }

  #stop(channel: string, ear: Ear): void {
    const ears = this.#channels.get(channel);
    if (!ears?.delete(ear) || ears.size > 0) return;
    this.#channels.delete(channel);
    // Left out on purpose: UNLISTEN. A channel that nobody wants costs nothing, and the next worker wants it again.
  }

  #connected(): Promise<pg.Client> {
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  async #connect(): Promise<pg.Client> {
    const client = clientOf(this.#options.client);
    client.on('notification', ({ channel, payload }) => {
      for (const ear of this.#channels.get(channel) ?? []) ear.heard(payload ?? '');
    });
    let broken: Error | undefined;
    const fail = (error: Error) => {
      if (broken !== undefined) return;
      broken = error;
      this.#lost(error);
    };
    client.on('error', fail);
    try {
      await connectWithin(client, this.#options.client.connectionTimeoutMillis);
    } catch (error) {
      broken = error as Error;
      throw error;
    }
    client.on('end', () => fail(new Error('Connection terminated')));
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      client.query({ text: 'select 1', query_timeout: attemptMs } as pg.QueryConfig).catch((error: Error) => {
        fail(error);
        client.end().catch(() => {});
      });
    }, heartbeatMs);
    this.#heartbeat.unref();
    return client;
  }

  #lost(error: Error): void {
    this.#client = undefined;
    clearInterval(this.#heartbeat);
    if (this.#ended.signal.aborted) return;
    this.#options.missed(error);
    for (const ear of this.#ears()) ear.lost?.(error);
    void this.#restore();
  }

  async #restore(): Promise<void> {
    for (let pauseMs = 20; !this.#ended.signal.aborted; pauseMs = Math.min(pauseMs * 2, 1_000)) {
      try {
        await this.#options.untilBack();
        for (const channel of this.#channels.keys()) await this.#listening(channel);
        for (const ear of this.#ears()) ear.restored?.();
        this.#options.logger.debug({ channels: this.#channels.size }, 'listening again');
        return;
      } catch {
        await sleep(pauseMs, this.#ended.signal).catch(() => {});
      }
    }
  }

  #ears(): Ear[] {
    return [...this.#channels.values()].flatMap((ears) => [...ears]);
  }
}
