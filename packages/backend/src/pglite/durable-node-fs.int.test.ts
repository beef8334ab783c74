import { fsyncSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { preparedDataFolder } from '@fluxori/test-services';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openBackend } from '../open-backend.js';
import { DurableNodeFs, startParameters } from './durable-node-fs.js';
import { PgliteSession } from './pglite-session.js';
import { syncFolder } from './sync-tree.js';

describe('a folder that survives a power cut', () => {
  let folder: string;
  let db: PGlite | undefined;
  let fs: DurableNodeFs;
  const synced = { files: 0, folders: [] as string[] };
  const disk = {
    syncFile: (descriptor: number) => {
      synced.files++;
      fsyncSync(descriptor);
    },
    syncFolder: (path: string) => {
      synced.folders.push(path);
      syncFolder(path);
    },
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fluxori-durable-'));
    await preparedDataFolder(folder, openBackend);
    fs = new DurableNodeFs(join(folder, 'postgres'), disk);
    db = await PGlite.create({
      fs,
      startParams: startParameters(PGlite.defaultStartParams),
    });
  });
  afterAll(async () => {
    await db?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has every commit on the disk before it is told, and a checkpoint with its folders', async () => {
    await db!.exec('create table paid (id int)');
    for (let id = 1; id <= 5; id++) {
      const before = synced.files;
      await db!.query('insert into paid values ($1)', [id]);
      expect(synced.files).toBeGreaterThan(before);
    }
    const before = synced.files;
    await db!.query('select count(*) from paid');
    expect(synced.files).toBe(before);
    await db!.exec('checkpoint');
    expect(synced.files).toBeGreaterThan(before);
    await db!.exec(`select pg_switch_wal(); insert into paid values (6)`);
    expect(synced.folders.every((path) => path.startsWith(folder))).toBe(true);
  });

  // The last: what has failed stays so.
  it('fails loudly when the disk does: a commit that is not on it is not told as done', async () => {
    await db!.exec('create table owed (id int)');
    disk.syncFile = () => {
      throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
    };
    const session = new PgliteSession(
      db!,
      () => new Error('closed'),
      () => fs.failure,
    );
    await expect(session.query('insert into owed values (1)')).rejects.toThrow('EIO');
    await expect(session.query('select 1')).rejects.toThrow('the disk failed');
    await expect(session.transaction(async () => 'never')).rejects.toThrow('the disk failed');
    await session.close();
  });
});
