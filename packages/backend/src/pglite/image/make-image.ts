import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { silentLogger } from '@fluxori/core';
import { connectQueue } from '../../bullmq/pglite-queue-connection.js';
import { PgliteSession } from '../pglite-session.js';

/**
 * Makes a database and keeps it as a file. Our own tables are not in it: they cost little, and belong to the code that is being worked on.
 *
 * @param path - nothing happens when it is there. Two who make it at once both do, and either's is whole.
 */
export async function makeImage(path: string): Promise<void> {
  if (existsSync(path)) return;
  const folder = mkdtempSync(join(tmpdir(), 'fluxori-image-'));
  try {
    await makeDatabase(folder);
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, await packed(folder), { flush: true });
    renameSync(fresh, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Closed in the end, so that whoever begins with it has nothing to recover. */
async function makeDatabase(folder: string): Promise<void> {
  const session = new PgliteSession(
    await PGlite.create({ fs: new NodeFS(folder) }),
    () => new Error('closed'),
  );
  await connectQueue(session, silentLogger);
  await session.close();
}

async function packed(folder: string): Promise<Uint8Array> {
  // PGlite with the folder, but without a PostgreSQL on it.
  const idle = await PGlite.create({ fs: new NodeFS(folder), noInitDb: true });
  const image = await idle.dumpDataDir('none');
  await idle.close();
  return new Uint8Array(await image.arrayBuffer());
}
