import { setMaxListeners } from 'node:events';
import type { FluxoriBackend, QueueConnection } from '@fluxori/backend';
import { ConfigurationError, type Logger } from '@fluxori/core';
import { Queue } from 'bullmq';
import { atMost } from '../store/at-most.js';
import { steadfast } from '../store/steadfast-backend.js';
import { isStoreTrouble } from '../store/store-trouble.js';
import type { BullQueue } from './bull-types.js';

interface Link {
  readonly queue: BullQueue;
  readonly connection: QueueConnection;
}

/** BullMQ's queue, opened when it is first needed: a queue object that is made and not used costs nothing. */
export class QueueLink {
  readonly #backend: FluxoriBackend;
  readonly #name: string;
  readonly #logger: Logger;
  readonly #closed = new AbortController();
  readonly #parting = new AbortController();
  readonly #troubled = new Set<() => void>();
  #link: Promise<Link> | undefined;

  constructor(backend: FluxoriBackend, name: string, logger: Logger) {
    this.#backend = backend;
    this.#name = name;
    this.#logger = logger;
    // Each command that is under way listens.
    setMaxListeners(0, this.#parting.signal);
  }

  /** Listens to commands finding the store away. */
  onTrouble(listener: () => void): void {
    this.#troubled.add(listener);
  }

  /** The queue is about to close: from now on nothing waits for long for a store that is away. */
  part(): void {
    this.#parting.abort();
  }

  /** Aborted when the link is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** @throws ConfigurationError (`BACKEND_UNAVAILABLE`) after `close()`. */
  open(): Promise<Link> {
    if (this.closed.aborted) {
      throw new ConfigurationError(`The queue ${this.#name} is closed.`, {
        code: 'BACKEND_UNAVAILABLE',
        remedy: 'Make a new OperationQueue.',
      });
    }
    this.#link ??= this.#connect().catch((error: unknown) => {
      this.#link = undefined;
      throw error;
    });
    return this.#link;
  }

  async queue(): Promise<BullQueue> {
    return (await this.open()).queue;
  }

  async close(): Promise<void> {
    this.part();
    this.#closed.abort(new DOMException('The queue was closed.', 'AbortError'));
    await atMost(
      lastWordMs,
      this.#link?.then(({ queue }) => queue.close()),
    );
  }

  async #connect(): Promise<Link> {
    const connection = this.#outlasting(await this.#backend.queueConnection());
    const queue: BullQueue = new Queue(
      this.#name,
      // Nobody reads BullMQ's own event stream here: what happens is told in this process.
      {
        connection: connection.connection,
        ...(connection.prefix !== undefined && { prefix: connection.prefix }),
        streams: { events: { maxLen: 100 } },
      },
      connection.backendFactory,
    );
    queue.on('error', (error) => {
      // That the store is away, and that it is back, the backend tells once for all.
      if (!isStoreTrouble(error)) this.#logger.warn({ problem: error.message }, 'The queue met a problem.');
    });
    await queue.waitUntilReady();
    return { queue, connection };
  }

  /** Only a store that can be away needs to be outlasted. */
  #outlasting(connection: QueueConnection): QueueConnection {
    const { shared, url } = this.#backend;
    if (!shared) return connection;
    const onTrouble = () => {
      for (const listener of this.#troubled) listener();
    };
    return steadfast(connection, {
      host: hostOf(url),
      patienceMs: patienceOf(url),
      closing: this.#parting.signal,
      onTrouble,
    });
  }
}

const defaultPatienceMs = 30_000;
/** How long the end waits for BullMQ when the store is away. */
const lastWordMs = 6_000;

/** How long a command waits for a store that is away: as the backend's own ports do, by the URL's `patience` in seconds. */
function patienceOf(url: string): number {
  const seconds = /[?&]patience=([\d.]+)/.exec(url)?.[1];
  return seconds === undefined ? defaultPatienceMs : Number(seconds) * 1_000;
}

function hostOf(url: string): string {
  return /^[^:]+:\/\/(?:[^@/]*@)?([^/?]+)/.exec(url)?.[1] ?? url;
}
