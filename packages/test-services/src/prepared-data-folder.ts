import { cpSync, existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lifeline } from './server/lifeline.js';

const variable = 'FLUXORI_TEST_FOLDER';

/** A place on the disk for all test files of one run; gone when it is disposed of, or with this process, however that ends. */
export async function openSharedFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'fluxori-test-run-'));
  const lifeline = new Lifeline(folder, 'SIGTERM');
  process.env[variable] = folder;
  return {
    path: folder,
    [Symbol.asyncDispose]: async () => {
      delete process.env[variable];
      await lifeline.cut();
    },
  };
}

/**
 * Fills a folder with what the embedded backend leaves there when it is opened for the first time and closed. To make a database takes seconds
 * of a processor; a copy takes none. Made by the product itself, once in a run of the tests, by the first who asks. Outside a run of the
 * tests nothing is done, and the first opening makes the database.
 *
 * @param folder - new or empty.
 * @param openBackend - of `@fluxori/backend`, which this package does not depend on.
 */
export async function preparedDataFolder(
  folder: string,
  openBackend: (url: string) => Promise<AsyncDisposable>,
): Promise<void> {
  const shared = process.env[variable];
  if (shared === undefined) return;
  const prepared = join(shared, 'data');
  if (!existsSync(prepared)) await prepare(prepared, openBackend);
  cpSync(prepared, folder, { recursive: true });
}

/** Two who come at once both make one, and the first who is done is taken. */
async function prepare(
  prepared: string,
  openBackend: (url: string) => Promise<AsyncDisposable>,
): Promise<void> {
  const own = await mkdtemp(`${prepared}-`);
  const backend = await openBackend(`pglite:${own}`);
  await backend[Symbol.asyncDispose]();
  try {
    await rename(own, prepared);
  } catch (error) {
    if (!existsSync(prepared)) throw error;
    await rm(own, { recursive: true });
  }
}
