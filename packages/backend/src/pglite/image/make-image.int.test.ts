import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { silentLogger } from '@fluxori/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { connectQueue } from '../../bullmq/pglite-queue-connection.js';
import { PgliteSession } from '../pglite-session.js';
import { databaseImage, imagePath } from './database-image.js';
import { makeImage } from './make-image.js';

describe('the image that new databases begin with', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fluxori-images-'));
    path = join(folder, 'image.tar');
    await makeImage(path);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is one file, which stays when it is asked for again', async () => {
    const made = statSync(path);
    await makeImage(path);
    expect(statSync(path).ino).toBe(made.ino);
    expect(readdirSync(folder)).toEqual(['image.tar']);
  });

  it("is a database that was closed, with BullMQ's tables and nobody's data, on which a queue works", async () => {
    const said: string[] = [];
    const loadDataDir = (await databaseImage(path))!;
    // Of one that was not closed, PostgreSQL says that it was interrupted.
    const db = await PGlite.create({ loadDataDir, onStderr: (text) => said.push(text) > 0 });
    const { rows } = await db.query<{ name: string }>(
      `select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`,
    );
    expect(rows.map((row) => row.name).sort()).toEqual(['bullmq', 'public']);
    expect((await db.query('select 1 from bullmq.job')).rows).toEqual([]);

    const session = new PgliteSession(db, () => new Error('closed'));
    const { connection, backendFactory } = await connectQueue(session, silentLogger);
    const queue = new Queue('first', { connection }, backendFactory);
    await queue.add('work', {});
    expect(await queue.getJobCountByTypes('waiting')).toBe(1);
    await queue.close();
    await session.close();
    expect(said.filter((line) => /interrupted|not properly shut down/.test(line))).toEqual([]);
  });

  it('is named after what it was made by, and there need not be one', async () => {
    const { dependencies } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'),
    );
    expect(basename(imagePath())).toBe(
      `pglite-${dependencies['@electric-sql/pglite']}-bullmq-${dependencies.bullmq}.tar`,
    );
    for (const none of ['none.tar', 'image.tar/none.tar', ''])
      expect(await databaseImage(join(folder, none))).toBeUndefined();
  });
});
