import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigurationError } from '@fluxori/core';

const sqliteBusy = 5;

/**
 * One process at a time in a folder, guarded by the operating system: SQLite, which is part of Node, locks the file `lock` with the
 * system's own file locks. They end with the process, however it ends, so there is no stale lock to find out about: neither after a
 * power cut, nor when another process has been given the same pid, nor between containers that share a volume and each have a pid 1.
 * The file `owner.json` is for people only: it tells whom to look for.
 */
export class FolderLock {
  readonly #lock: DatabaseSync;

  private constructor(lock: DatabaseSync) {
    this.#lock = lock;
  }

  /** @throws ConfigurationError with code `BACKEND_IN_USE` when somebody has the folder. */
  static take(folder: string): FolderLock {
    const lock = new DatabaseSync(join(folder, 'lock'));
    try {
      lock.exec('begin exclusive');
      const owner: Owner = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
      writeFileSync(join(folder, 'owner.json'), `${JSON.stringify(owner)}\n`);
      return new FolderLock(lock);
    } catch (error) {
      lock.close();
      throw isBusy(error) ? inUse(folder) : error;
    }
  }

  release(): void {
    this.#lock.close();
  }
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

function isBusy(error: unknown): boolean {
  return ((error as { errcode?: number }).errcode ?? 0) % 256 === sqliteBusy;
}

function inUse(folder: string): ConfigurationError {
  const owner = readOwner(folder);
  const who =
    owner === undefined
      ? 'another process'
      : owner.pid === process.pid && owner.host === hostname()
        ? `this process itself (${owner.pid}), since ${owner.since}`
        : `process ${owner.pid} on ${owner.host}, since ${owner.since}`;
  return new ConfigurationError(
    `The data folder ${folder} is open in ${who}. Only one process can have it.`,
    {
      code: 'BACKEND_IN_USE',
      field: 'backend',
      remedy:
        'Stop that process (nothing is lost: its jobs go on here), give this one another folder, or use a shared database when several processes shall work.',
      details: { folder, ...(owner && { pid: owner.pid, host: owner.host, since: owner.since }) },
    },
  );
}

function readOwner(folder: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}
