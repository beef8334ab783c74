import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { type DocumentContent, FileContent, MemoryContent, type Spooled } from './document-content.js';

type Chunk = Uint8Array | string;

/** What a document is made of; a function is called once, and what it gives is never held in memory as a whole. */
export type ContentSource =
  | string
  | Uint8Array
  | { readonly file: string }
  | (() => Iterable<Chunk> | AsyncIterable<Chunk>);

const memoryBytes = 4 * 1024 * 1024;

/** Takes in contents of any size: small ones stay in memory, others go to a folder of the machine until `close`. */
export class ContentSpool {
  #folder: Promise<string> | undefined;
  #last = 0;

  /** @param limits.mostBytes - ends the intake with `TooLarge` when it is exceeded. */
  async take(
    source: AsyncIterable<Chunk> | Iterable<Chunk>,
    limits: { readonly mostBytes?: number } = {},
  ): Promise<DocumentContent> {
    const hash = createHash('sha256');
    const kept: Buffer[] = [];
    let bytes = 0;
    let file: { path: string; stream: WriteStream } | undefined;
    try {
      for await (const chunk of source) {
        const part = typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk);
        bytes += part.length;
        if (limits.mostBytes !== undefined && bytes > limits.mostBytes) throw new TooLarge();
        hash.update(part);
        if (file === undefined && bytes <= memoryBytes) {
          kept.push(part);
          continue;
        }
        if (file === undefined) {
          file = await this.#newFile();
          for (const early of kept.splice(0)) await write(file.stream, early);
        }
        await write(file.stream, part);
      }
    } catch (error) {
      file?.stream.destroy();
      throw error;
    }
    if (file === undefined) return new MemoryContent(Buffer.concat(kept), hash.digest('hex'));
    const { path, stream } = file;
    await new Promise<void>((resolve, reject) => {
      stream.on('error', reject);
      stream.end(() => resolve());
    });
    return new FileContent(path, bytes, hash.digest('hex'));
  }

  /** Takes in what a caller gives, compressing it when asked. */
  async takeSource(source: ContentSource, gzip: boolean): Promise<Spooled> {
    const plain = createHash('sha256');
    let plainBytes = 0;
    const watched = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of chunksOf(source)) {
        const part = Buffer.from(chunk as string);
        plain.update(part);
        plainBytes += part.length;
        yield part;
      }
    };
    let content: DocumentContent;
    if (gzip) {
      const zip = createGzip({ level: 1 });
      const filled = pipeline(watched, zip);
      [content] = await Promise.all([this.take(zip as AsyncIterable<Buffer>), filled]);
    } else content = await this.take(watched());
    return { content, plainBytes, plainSha256: plain.digest('hex') };
  }

  /** Deletes the folder. */
  async close(): Promise<void> {
    const folder = await this.#folder;
    this.#folder = undefined;
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  async #newFile(): Promise<{ path: string; stream: WriteStream }> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'fluxori-sandbox-'));
    const path = join(await this.#folder, String(++this.#last));
    return { path, stream: createWriteStream(path) };
  }
}

/** What was sent is larger than may be sent. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** A small content that is there already. */
export function contentOf(bytes: Uint8Array, gzip: boolean): DocumentContent {
  const wire = gzip ? gzipSync(bytes, { level: 1 }) : Buffer.from(bytes);
  return new MemoryContent(wire, createHash('sha256').update(wire).digest('hex'));
}

function chunksOf(source: ContentSource): Iterable<Chunk> | AsyncIterable<Chunk> {
  if (typeof source === 'function') return source();
  if (typeof source === 'string' || source instanceof Uint8Array) return [source];
  return createReadStream(source.file) as AsyncIterable<Buffer>;
}

async function write(stream: WriteStream, part: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    stream.write(part, (error) => (error ? reject(error) : resolve())),
  );
}
