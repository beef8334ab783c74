import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigurationError } from '@fluxori/core';
import { FolderLock } from './folder-lock.js';
import { syncTree, writeDurably } from './sync-tree.js';

/** What `fluxori.json` says: whose folder this is, and whether the database in it was ever finished. */
interface Marker {
  readonly format: number;
  readonly state: 'creating' | 'ready';
}

const format = 1;
const ours = new Set(['fluxori.json', 'fluxori.json.new', 'lock', 'lock-journal', 'owner.json', 'postgres']);

/** A folder of ours, which nobody else has open: `postgres/` (the database), `lock`, `owner.json` and `fluxori.json`. */
export class DataFolder {
  readonly path: string;
  /** Where the database is, or goes. */
  readonly database: string;
  /** True until `created` has been called for the first time in the folder's life. */
  readonly isNew: boolean;
  readonly #lock: FolderLock;

  private constructor(path: string, isNew: boolean, lock: FolderLock) {
    this.path = path;
    this.database = join(path, 'postgres');
    this.isNew = isNew;
    this.#lock = lock;
  }

  /**
   * @param location - relative to where the process stands, or absolute; made, with its parents, when it is not there.
   * @throws ConfigurationError with code `CONFIG_INVALID`, `BACKEND_IN_USE` or `BACKEND_UNAVAILABLE`.
   */
  static open(location: string): DataFolder {
    const path = resolved(location);
    let lock: FolderLock | undefined;
    try {
      makeFolder(path);
      checkIsOurs(path);
      lock = FolderLock.take(path);
      const isNew = readMarker(path)?.state !== 'ready';
      // A database whose making was interrupted holds nothing yet, so it is made again.
      if (isNew) {
        rmSync(join(path, 'postgres'), { recursive: true, force: true });
        writeMarker(path, 'creating');
      }
      return new DataFolder(path, isNew, lock);
    } catch (error) {
      lock?.release();
      throw error instanceof ConfigurationError ? error : unusable(path, error);
    }
  }

  /** The database is there and can be relied on, also after a power cut. */
  async created(): Promise<void> {
    await syncTree(this.database);
    writeMarker(this.path, 'ready');
  }

  release(): void {
    this.#lock.release();
  }
}

function resolved(location: string): string {
  if (location.trim() === '') {
    throw new ConfigurationError('The backend pglite: needs a folder.', {
      field: 'backend',
      remedy: 'Name one, e.g. pglite:./data or pglite:/var/lib/fluxori.',
    });
  }
  if (location.startsWith('//')) {
    throw new ConfigurationError(`The backend pglite:${location} does not name a folder: it has no host.`, {
      field: 'backend',
      remedy: 'Leave the two slashes out: pglite:./data (relative) or pglite:/var/lib/fluxori (absolute).',
    });
  }
  return resolve(location);
}

/** Like `mkdir -p`. Node's own goes round for ever below some system folders (seen with Node 24 in /proc). */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    mkdirSync(path);
  }
}

/** Hidden files (.gitignore, .DS_Store) may lie about; anything else is somebody's, and we do not move in. */
function checkIsOurs(path: string): void {
  const marker = readMarker(path);
  if (marker === undefined) {
    const foreign = readdirSync(path).filter((name) => !name.startsWith('.') && !ours.has(name));
    // Without its marker, a database that we find is not known to be ours, and is not touched either.
    const found = foreign[0] ?? readdirSync(path).find((name) => name === 'postgres');
    if (found === undefined) return;
    throw new ConfigurationError(
      `The folder ${path} holds something else (${found}), so it cannot be a data folder.`,
      {
        code: 'BACKEND_UNAVAILABLE',
        field: 'backend',
        remedy: 'Name a new or empty folder; it is made for you.',
        details: { folder: path },
      },
    );
  }
  if (marker.format > format) {
    throw new ConfigurationError(
      `The data folder ${path} was written by a newer version (format ${marker.format}, this one knows ${format}).`,
      {
        code: 'BACKEND_UNAVAILABLE',
        field: 'backend',
        remedy: 'Upgrade @fluxori/backend, or name another folder.',
        details: { folder: path },
      },
    );
  }
}

function readMarker(path: string): Marker | undefined {
  let text: string;
  try {
    text = readFileSync(join(path, 'fluxori.json'), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as Marker;
  } catch {
    return undefined;
  }
}

function writeMarker(path: string, state: Marker['state']): void {
  const marker: Marker = { format, state };
  writeDurably(join(path, 'fluxori.json'), `${JSON.stringify(marker)}\n`);
}

function unusable(path: string, error: unknown): ConfigurationError {
  const reason = (error as { code?: string; message?: string }).code ?? (error as Error).message;
  return new ConfigurationError(`The folder ${path} cannot be used as a data folder (${reason}).`, {
    code: 'BACKEND_UNAVAILABLE',
    field: 'backend',
    remedy: 'Check that it is a folder on a local disk with room left, and that this user may write there.',
    details: { folder: path },
    cause: error,
  });
}
