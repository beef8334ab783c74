import { createHash } from 'node:crypto';
import net from 'node:net';
import { NetworkAwareClient } from '@fluxori/network';
import type { DocumentLink } from '../transfer/document-link.js';
import type { Download, DownloadOptions } from '../transfer/download.js';
import { DocumentServer } from './document-server.js';

export const megabyte = 1024 * 1024;

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** So long that a machine which stands still for a moment has no part in what a test counts. */
export const patient = { connectMs: 120_000, firstByteMs: 120_000, idleMs: 120_000 } as const;

/** Servers, clients and links for tests of downloads; `close` ends them all. */
export class DownloadRig {
  readonly #open: (() => Promise<unknown>)[] = [];

  async close(): Promise<void> {
    for (const close of this.#open.splice(0).reverse()) await close();
  }

  async serverWith(content: Buffer): Promise<DocumentServer> {
    const server = await new DocumentServer(content).start();
    this.#open.push(() => server.stop());
    return server;
  }

  /** A server that says exactly these bytes to each connection, one after another, and closes it. */
  async rawServer(answers: readonly (string | Buffer)[]): Promise<string> {
    let number = 0;
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        const answer = answers[Math.min(number++, answers.length - 1)] as string | Buffer;
        socket.end(answer);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#open.push(async () => server.close());
    return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/document?sig=1`;
  }

  client(timeouts: { idleMs?: number } = {}): NetworkAwareClient {
    const made = new NetworkAwareClient({
      env: {},
      timeouts: { ...patient, ...timeouts },
      breaker: { failuresInRow: 1_000, minimumRequests: 1_000 },
    });
    this.#open.push(() => made.close());
    return made;
  }

  /** No pause between attempts, so that a test takes the time of its bytes. */
  options(more: Partial<DownloadOptions> = {}): DownloadOptions {
    return {
      client: more.client ?? this.client(),
      operation: 'reports.download',
      account: 'acme-za',
      random: () => 0,
      ...more,
    };
  }
}

/** A source of links to `url`, numbered, that remembers why it was asked. */
export function links(url: string, good: (number: number) => void = () => undefined) {
  const asked: string[] = [];
  return {
    asked,
    source: async (why: 'first' | 'expired'): Promise<DocumentLink> => {
      asked.push(why);
      good(asked.length);
      return { url: `${url}&link=${asked.length}` };
    },
  };
}

export async function read({ bytes }: Download): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
