import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preparedDataFolder } from '@fluxori/test-services';
import { openBackend } from '../src/open-backend.js';
import { DataFolder } from '../src/pglite/data-folder.js';
import { openDatabase } from '../src/pglite/open-database.js';
import type { PgliteSession } from '../src/pglite/pglite-session.js';

/** The embedded backend's PostgreSQL in a temporary folder, without the backend. */
export interface PreparedSession extends AsyncDisposable {
  readonly session: PgliteSession;
}

export async function preparedSession(): Promise<PreparedSession> {
  const path = await mkdtemp(join(tmpdir(), 'fluxori-session-'));
  await preparedDataFolder(path, openBackend);
  const folder = DataFolder.open(path);
  const session = await openDatabase(folder, () => new Error('closed'));
  return {
    session,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await session.close();
      folder.release();
      await rm(path, { recursive: true, force: true });
    },
  };
}
