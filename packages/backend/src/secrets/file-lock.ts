import { DatabaseSync } from 'node:sqlite';
import { ConfigurationError, RunTime, sleep } from '@fluxori/core';

const sqliteBusy = 5;
const lookAgainMs = 20;

/**
 * Runs `work` while no other process has the lock. It is the operating system's own, taken by way of SQLite, which is part of Node: so it ends
 * with the process, however that ends, and is never stale.
 *
 * @param file - the lock's own file; it is made when needed and stays.
 * @param options.patienceMs - how long to wait for another writer, while this process runs; 10,000 ms by default.
 * @throws ConfigurationError when another process keeps it for so long, or when the file cannot be made.
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  options: { patienceMs?: number; signal?: AbortSignal } = {},
): Promise<T> {
  const lock = openLock(file);
  try {
    await takeWithin(options.patienceMs ?? 10_000, lock, file, options.signal);
    return await work();
  } finally {
    lock.close();
  }
}

async function takeWithin(
  patienceMs: number,
  lock: DatabaseSync,
  file: string,
  signal?: AbortSignal,
): Promise<void> {
  const waited = new RunTime();
  try {
    while (!isTaken(lock)) {
      if (waited.ms >= patienceMs) throw held(file);
      await sleep(lookAgainMs * (0.5 + Math.random()), signal);
    }
  } finally {
    waited.stop();
  }
}

function isTaken(lock: DatabaseSync): boolean {
  try {
    lock.exec('begin exclusive');
    return true;
  } catch (error) {
    if (((error as { errcode?: number }).errcode ?? 0) % 256 !== sqliteBusy) throw error;
    return false;
  }
}

function openLock(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file);
  } catch (cause) {
    throw new ConfigurationError(`The lock ${file} cannot be made.`, {
      field: file,
      remedy: 'Give this user the right to write in its folder.',
      cause,
    });
  }
}

function held(file: string): ConfigurationError {
  return new ConfigurationError(`Another process is writing and does not end; it holds ${file}.`, {
    field: file,
    remedy: 'End that process, or try again later.',
  });
}
