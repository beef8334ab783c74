import { PGlite } from '@electric-sql/pglite';
import { ConfigurationError } from '@fluxori/core';
import type { DataFolder } from './data-folder.js';
import { DurableNodeFs, startParameters } from './durable-node-fs.js';
import { databaseImage } from './image/database-image.js';
import { PgliteSession } from './pglite-session.js';

/** Starts PostgreSQL on the folder; a new one is made and put on the disk first. */
export async function openDatabase(folder: DataFolder, ended: () => Error): Promise<PgliteSession> {
  const fs = new DurableNodeFs(folder.database);
  try {
    const image = folder.isNew ? await databaseImage() : undefined;
    const db = await PGlite.create({
      fs,
      startParams: startParameters(PGlite.defaultStartParams),
      ...(image && { loadDataDir: image }),
    });
    if (folder.isNew) await folder.created();
    return new PgliteSession(db, ended, () => fs.failure);
  } catch (error) {
    throw new ConfigurationError(
      `The database in ${folder.path} does not start: ${fs.failure?.message ?? reasonOf(error)}.`,
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

/** PGlite also throws what is no error, for example when PostgreSQL ends while it starts. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  const status = (error as { status?: unknown } | undefined)?.status;
  return status === undefined
    ? 'PostgreSQL ended while it started'
    : `PostgreSQL ended with ${String(status)}`;
}
