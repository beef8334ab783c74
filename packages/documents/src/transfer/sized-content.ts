import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ValidationError } from '@fluxori/core';
import type { Content } from './content.js';

/** A content whose length is known and that can be read again from its beginning. */
export interface SizedContent {
  readonly bytes: number;
  open(): Readable;
  /** Lets go what was made for it. */
  close(): Promise<void>;
}

const readBytes = 256 * 1024;
/** A stream of unknown length stays in memory up to this; beyond it goes to a temporary file. */
const inMemoryBytes = 1024 * 1024;
const nothing = async () => undefined;

/**
 * Measures a content. A bare stream, and one of unknown length, is copied first: to memory, if it is small, else to a temporary file that only this user
 * may read and that has no name any more once it is open, so that nothing stays behind when the process dies.
 *
 * @throws ValidationError when a file cannot be read; what the content's stream throws; the signal's reason when aborted.
 */
export async function sizedContent(content: Content, signal?: AbortSignal): Promise<SizedContent> {
  if (typeof content === 'string') return ofBuffer(Buffer.from(content));
  if (content instanceof Uint8Array) return ofBuffer(content);
  if (isReadable(content)) return copied(content, signal);
  if ('file' in content) return ofFile(content.file);
  const { bytes, open: reopen } = content;
  if (bytes === undefined) return copied(reopen(), signal);
  return { bytes, open: reopen, close: nothing };
}

function isReadable(content: object): content is Readable {
  return content instanceof Readable || typeof (content as Partial<Readable>).pipe === 'function';
}

function ofBuffer(bytes: Uint8Array): SizedContent {
  const pieces = function* () {
    for (let at = 0; at < bytes.length; at += readBytes) yield bytes.subarray(at, at + readBytes);
  };
  return {
    bytes: bytes.length,
    open: () => Readable.from(pieces(), { objectMode: false }),
    close: nothing,
  };
}

async function ofFile(file: string): Promise<SizedContent> {
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  );
  if (size === undefined) {
    throw new ValidationError(`The file ${file} is not there or is no file that can be read.`, {
      field: 'file',
      remedy: 'Name a file that this process may read.',
    });
  }
  return {
    bytes: size,
    open: () => createReadStream(file, { highWaterMark: readBytes }),
    close: nothing,
  };
}

async function copied(source: Readable, signal: AbortSignal | undefined): Promise<SizedContent> {
  const abort = () => source.destroy(signal?.reason as Error);
  if (signal?.aborted) abort();
  else signal?.addEventListener('abort', abort, { once: true });
  let held: Buffer[] = [];
  let bytes = 0;
  let spool: Spool | undefined;
  try {
    for await (const chunk of source) {
      const piece = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Buffer);
      bytes += piece.length;
      if (spool !== undefined) await spool.write(piece);
      else held.push(piece);
      if (spool !== undefined || bytes <= inMemoryBytes) continue;
      spool = await Spool.open();
      for (const one of held) await spool.write(one);
      held = [];
    }
    signal?.throwIfAborted();
  } catch (error) {
    await spool?.close();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  return spool === undefined ? ofBuffer(Buffer.concat(held)) : spool.content(bytes);
}

/** A temporary file without a name. */
class Spool {
  readonly #file: FileHandle;
  readonly #folder: string;

  private constructor(file: FileHandle, folder: string) {
    this.#file = file;
    this.#folder = folder;
  }

  static async open(): Promise<Spool> {
    // The folder is this user's alone, and says whose work it was.
    const folder = await mkdtemp(join(tmpdir(), `fluxori-upload-${process.pid}-`));
    try {
      return new Spool(await open(join(folder, 'content'), 'wx+', 0o600), folder);
    } finally {
      // Where an open file cannot be removed, `close` does it.
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  async write(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length; ) at += (await this.#file.write(piece, at)).bytesWritten;
  }

  content(bytes: number): SizedContent {
    return {
      bytes,
      open: () => Readable.from(this.#read(), { objectMode: false }),
      close: () => this.close(),
    };
  }

  async close(): Promise<void> {
    await this.#file.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async *#read(): AsyncGenerator<Buffer> {
    for (let at = 0; ; ) {
      const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(readBytes), 0, readBytes, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}
