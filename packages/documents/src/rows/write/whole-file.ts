import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileProblem } from '../../errors/file-problem.js';

/** So much is written before it is sent on to the disk. */
const syncedBytes = 32 * 2 ** 20;

/**
 * Writes a file that is there whole or not at all: into a temporary file beside it, forced to the disk, then renamed over what was there. Only the
 * owner may read it, since a report can hold buyers.
 *
 * @returns the number of bytes.
 * @throws DocumentError `DOCUMENT_STORE_FULL` when there is no room, `DOCUMENT_STORE_FAILED` when the file system refuses; what the pieces throw.
 */
export async function writeWholeFile(
  file: string,
  pieces: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<number> {
  const folder = dirname(resolve(file));
  const part = join(folder, `.${basename(file)}.${randomUUID()}.part`);
  const doing: Doing = (step) =>
    step.catch((error: unknown) => {
      throw fileProblem(error, `${file} cannot be written`, folder);
    });
  const handle = await doing(open(part, 'wx', 0o600));
  try {
    const bytes = await writeAll(handle, pieces, doing, signal);
    await doing(handle.sync());
    await doing(handle.close());
    await doing(rename(part, file));
    await syncFolder(folder);
    return bytes;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}

/** Makes of the file system's own errors those that say what to do. */
type Doing = <T>(step: Promise<T>) => Promise<T>;

/**
 * The next piece is made while the one before is written; never more than these two are held. What was written goes to the disk meanwhile, so that
 * the end does not wait for all of it, nor other programs' files for ours.
 */
async function writeAll(
  handle: FileHandle,
  pieces: AsyncIterable<Uint8Array>,
  doing: Doing,
  signal: AbortSignal | undefined,
): Promise<number> {
  let bytes = 0;
  let unsynced = 0;
  let writing: Promise<void> = Promise.resolve();
  let syncing: Promise<void> = Promise.resolve();
  try {
    for await (const piece of pieces) {
      signal?.throwIfAborted();
      await writing;
      if (unsynced >= syncedBytes) {
        await syncing;
        syncing = doing(handle.datasync());
        syncing.catch(() => undefined);
        unsynced = 0;
      }
      writing = doing(writeWhole(handle, piece));
      // It is awaited at the next piece or at the end; until then its failure is nobody's.
      writing.catch(() => undefined);
      bytes += piece.length;
      unsynced += piece.length;
    }
  } finally {
    await Promise.allSettled([writing, syncing]);
  }
  await Promise.all([writing, syncing]);
  signal?.throwIfAborted();
  return bytes;
}

async function writeWhole(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length; ) at += (await handle.write(piece, at)).bytesWritten;
}

/** Makes the new name last through a power cut, where the system can do that for folders. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // Windows cannot; the file itself is on the disk.
  } finally {
    await handle?.close();
  }
}
