import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const atOnce = 16;

/** Puts a folder and all that is in it on the disk: what was copied into it so far may be in the system's memory only. */
export async function syncTree(root: string): Promise<void> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = [root, ...entries.map((entry) => join(entry.parentPath, entry.name))];
  const workers = Array.from({ length: atOnce }, async () => {
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) await syncOne(path);
  });
  await Promise.all(workers);
}

/** Replaces a small file so that after a power cut it is either the old or the new one. */
export function writeDurably(path: string, text: string): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, text, { flush: true });
  renameSync(fresh, path);
  syncFolder(dirname(path));
}

/** Puts a folder's list of names on the disk. Windows has no such call, and does it by itself. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

async function syncOne(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
