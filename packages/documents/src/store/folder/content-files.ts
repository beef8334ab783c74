import { constants, type Dirent } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rmdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

/** Stands behind a content's last part. No name holds it, so that `a` and `a/b` can both be there. */
const mark = '@content';

/** Unfinished writes; on the same file system, so that a rename ends them. */
export const writingFolder = '@writing';

export function pathOf(root: string, name: string): string {
  return join(root, ...name.split('/')) + mark;
}

/** A link that somebody laid in its place is not followed. Windows has no such flag. */
export function openContent(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
}

/** Makes the folders up to `path` and puts their names on the disk. */
export async function makeFolders(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

/**
 * Puts a folder's list of names on the disk. Of one that somebody has removed, as empty, that is the list it stood in: what it held is gone when it is.
 * Windows has no such call, and does it by itself.
 */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r').catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
  });
  if (handle === undefined) return syncFolder(dirname(path));
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes the folders from `path` up to `root` that have become empty. */
export async function removeEmptyFolders(path: string, root: string): Promise<void> {
  for (let folder = path; folder.startsWith(root + sep); folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

/** The names of contents that begin with `prefix`, in order. */
export async function* namesIn(root: string, prefix: string, under = ''): AsyncGenerator<string> {
  const entries = (await entriesOf(join(root, ...under.split('/')))).flatMap((entry) => {
    if (entry.name === writingFolder && under === '') return [];
    if (entry.isDirectory()) return [{ key: `${under}${entry.name}/`, folder: true }];
    if (!entry.isFile() || !entry.name.endsWith(mark)) return [];
    return [{ key: under + entry.name.slice(0, -mark.length), folder: false }];
  });
  // With its slash a folder sorts just as all the names in it do.
  entries.sort((one, other) => (one.key < other.key ? -1 : 1));
  for (const { key, folder } of entries) {
    if (folder) {
      if (key.startsWith(prefix) || prefix.startsWith(key)) yield* namesIn(root, prefix, key);
    } else if (key.startsWith(prefix)) yield key;
  }
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw error;
  }
}
