import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { type Clock, systemClock } from '@fluxori/core';
import { fileProblem } from '../../errors/file-problem.js';
import { checkContentName, checkFrom } from '../content-name.js';
import type { ContentFacts, ContentStore, SweptLeftovers } from '../content-store.js';
import { factsOfTrailer, Trailed, trailerBytes } from '../content-trailer.js';
import { endWith } from '../end-with.js';
import { missingContent } from '../missing-content.js';
import {
  makeFolders,
  namesIn,
  openContent,
  pathOf,
  removeEmptyFolders,
  syncFolder,
  writingFolder,
} from './content-files.js';
import { sweepLeftovers } from './leftovers.js';
import { writerName } from './writers.js';

const readAtOnce = 256 * 1024;
/** Each is lost only to another one's delete just then; so many are lost to none but a file that is gone. */
const renameTries = 20;

export interface FolderContentStoreOptions {
  /** Made when it is first written to. Relative to where the process stands. */
  readonly folder: string;
  readonly clock?: Clock;
}

/**
 * Contents in a folder, also one that several processes or machines share. A write goes to a temporary file, to the disk, and appears by one
 * rename: a crash or a power cut at any moment leaves the old content or the new one. Files and folders are their owner's only.
 */
export class FolderContentStore implements ContentStore {
  readonly url: string;
  readonly #root: string;
  readonly #clock: Clock;
  #swept: Promise<unknown> | undefined;

  constructor(options: FolderContentStoreOptions) {
    this.#root = resolve(options.folder);
    this.#clock = options.clock ?? systemClock;
    this.url = pathToFileURL(this.#root).href;
  }

  async write(name: string, bytes: Readable, options: { signal?: AbortSignal } = {}): Promise<ContentFacts> {
    const source = endWith(bytes, options.signal);
    try {
      checkContentName(name);
      options.signal?.throwIfAborted();
      // What a crash left is removed by whoever writes next; it may fail without harm.
      this.#swept ??= this.sweep().catch(() => undefined);
      await this.#swept;
      return await this.#write(name, source);
    } catch (error) {
      throw options.signal?.aborted ? options.signal.reason : error;
    } finally {
      bytes.destroy();
    }
  }

  async read(name: string, options: { from?: number; signal?: AbortSignal } = {}): Promise<Readable> {
    checkContentName(name);
    options.signal?.throwIfAborted();
    const { from = 0 } = options;
    const opened = await this.#open(name);
    if (opened === undefined) throw missingContent(name, this.url);
    const { handle, facts } = opened;
    try {
      checkFrom(from, facts);
      if (from === facts.bytes) {
        await handle.close();
        return Readable.from([]);
      }
      const end = facts.bytes - 1;
      return endWith(
        handle.createReadStream({ start: from, end, highWaterMark: readAtOnce }),
        options.signal,
      );
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async facts(name: string): Promise<ContentFacts | undefined> {
    checkContentName(name);
    const opened = await this.#open(name);
    await opened?.handle.close();
    return opened?.facts;
  }

  async delete(name: string): Promise<boolean> {
    checkContentName(name);
    const path = pathOf(this.#root, name);
    try {
      await unlink(path);
      await syncFolder(dirname(path));
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return false;
      throw fileProblem(error, `${name} cannot be deleted`, this.#root);
    }
    await removeEmptyFolders(dirname(path), this.#root);
    return true;
  }

  async *list(prefix = ''): AsyncGenerator<ContentFacts, void, undefined> {
    for await (const name of namesIn(this.#root, prefix)) {
      const facts = await this.facts(name);
      // Deleted since the folder was looked at.
      if (facts !== undefined) yield facts;
    }
  }

  /** `idleMs` is an hour by default; a writer of this machine that is dead is seen at once. */
  sweep(options: { idleMs?: number; signal?: AbortSignal } = {}): Promise<SweptLeftovers> {
    return sweepLeftovers(join(this.#root, writingFolder), { ...options, nowMs: Date.now() });
  }

  async close(): Promise<void> {}

  async #write(name: string, bytes: Readable): Promise<ContentFacts> {
    const what = `${name} cannot be written`;
    const doing = async <T>(step: Promise<T>): Promise<T> => {
      try {
        return await step;
      } catch (error) {
        throw fileProblem(error, what, this.#root);
      }
    };
    const folder = join(this.#root, writingFolder);
    const temporary = join(folder, writerName() + randomBytes(9).toString('hex'));
    await doing(makeFolders(folder));
    const handle = await doing(open(temporary, 'wx', 0o600));
    try {
      const trailed = new Trailed(name, bytes, () => this.#clock.now());
      // What the stream itself throws is told as it is; only the file's own errors are ours to explain.
      for await (const chunk of trailed) await doing(writeAll(handle, chunk));
      await doing(handle.sync());
      await doing(handle.close());
      await doing(appear(temporary, pathOf(this.#root, name)));
      return trailed.facts as ContentFacts;
    } catch (error) {
      await handle.close().catch(() => undefined);
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Facts and bytes of the same file, whoever replaces it meanwhile. */
  async #open(name: string): Promise<{ handle: FileHandle; facts: ContentFacts } | undefined> {
    let handle: FileHandle | undefined;
    try {
      handle = await openContent(pathOf(this.#root, name));
      const { size } = await handle.stat();
      const end = Buffer.alloc(trailerBytes);
      if (size >= trailerBytes) await handle.read(end, 0, trailerBytes, size - trailerBytes);
      return { handle, facts: factsOfTrailer(name, end, size) };
    } catch (error) {
      await handle?.close();
      const { code } = error as { code?: string };
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw fileProblem(error, `${name} cannot be read`, this.#root);
    }
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, done);
    done += bytesWritten;
  }
}

/** A rename that survives a power cut. Its folder may be removed, as empty, by whoever deletes its last content just now. */
async function appear(temporary: string, path: string): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      await makeFolders(dirname(path));
      await rename(temporary, path);
      return await syncFolder(dirname(path));
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT' || tried === renameTries) throw error;
    }
  }
}
