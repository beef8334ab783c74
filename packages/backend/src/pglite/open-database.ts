import { PGlite } from '@electric-sql/pglite';
import { ConfigurationError } from '@fluxori/core';
import type { DataFolder } from './data-folder.js';
import { DurableNodeFs, startParameters } from './durable-node-fs.js';
import { PgliteSession } from './pglite-session.js';

/** Starts PostgreSQL on the folder; a new one is made and put on the disk first. */
export async function openDatabase(folder: DataFolder, ended: () => Error): Promise<PgliteSession> {
  const fs = new DurableNodeFs(folder.database);
  try {
    const db = await PGlite.create({
      fs,
      startParams: startParameters(PGlite.defaultStartParams),
    });
    if (folder.isNew) await folder.created();
    return new PgliteSession(db, ended, () => fs.failure);
  } catch (error) {
    throw new ConfigurationError(
      `The database in ${folder.path} does not start: ${(error as Error).message}.`,
      {
        code: 'BACKEND_UNAVAILABLE',
        field: 'backend',
        remedy:
          'Check that the disk has room. If the folder came from a copy or another machine, restore it whole.',
        details: { folder: folder.path },
        cause: error,
      },
    );
  }
}
