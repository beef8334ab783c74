import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SweptLeftovers } from '../content-store.js';
import { stateOfWriter } from './writers.js';

/** A live writer's file grows; one that has not for so long belongs to nobody. Downloads wait for minutes at most. */
const defaultIdleMs = 60 * 60 * 1000;

/** Removes unfinished files whose writers are dead, or (where that cannot be known) have not moved for `idleMs`. */
export async function sweepLeftovers(
  folder: string,
  options: { idleMs?: number; nowMs: number; signal?: AbortSignal },
): Promise<SweptLeftovers> {
  const { idleMs = defaultIdleMs, nowMs, signal } = options;
  let removed = 0;
  let bytes = 0;
  for (const file of await filesIn(folder)) {
    signal?.throwIfAborted();
    const path = join(folder, file);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) continue;
    const state = stateOfWriter(file);
    // A number that is in use again, or a writer of this process: then its age decides, too.
    if (state !== 'dead' && nowMs - Math.floor(found.mtimeMs) < idleMs) continue;
    await rm(path, { force: true });
    removed++;
    bytes += found.size;
  }
  return { removed, bytes };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw error;
  }
}
