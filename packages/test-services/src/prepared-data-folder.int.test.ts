import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openSharedFolder, preparedDataFolder } from './prepared-data-folder.js';

const variable = 'FLUXORI_TEST_FOLDER';

describe('a prepared data folder', () => {
  const ofTheRun = process.env[variable];
  let home: string;
  let shared: AsyncDisposable;
  let opened: string[];
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'fluxori-prepared-'));
    shared = await openSharedFolder();
    opened = [];
  });
  afterEach(async () => {
    await shared[Symbol.asyncDispose]();
    if (ofTheRun !== undefined) process.env[variable] = ofTheRun;
    rmSync(home, { recursive: true, force: true });
  });

  /** Stands for the backend: writes when it is opened and once more when it is closed. */
  const open = async (url: string) => {
    const folder = url.slice('pglite:'.length);
    opened.push(folder);
    writeFileSync(join(folder, 'made'), 'yes');
    return {
      [Symbol.asyncDispose]: async () => writeFileSync(join(folder, 'closed'), 'yes'),
    };
  };

  it('is made by the product once, closed, and copied for everybody, into a folder that is there or not', async () => {
    await preparedDataFolder(home, open);
    await preparedDataFolder(join(home, 'deep', 'data'), open);
    expect(opened).toHaveLength(1);
    for (const folder of [home, join(home, 'deep', 'data')]) {
      expect(readFileSync(join(folder, 'closed'), 'utf8')).toBe('yes');
    }
  });

  it('is one of two when two come at once, and the other is cleared away', async () => {
    const folders = [join(home, 'one'), join(home, 'two')];
    await Promise.all(folders.map((folder) => preparedDataFolder(folder, open)));
    expect(opened).toHaveLength(2);
    for (const folder of folders) expect(readdirSync(folder).sort()).toEqual(['closed', 'made']);
    expect(opened.filter((folder) => existsSync(folder))).toEqual([]);
  });

  it('is gone with the run, and outside one nothing is done', async () => {
    const place = process.env[variable] as string;
    await preparedDataFolder(join(home, 'one'), open);
    await shared[Symbol.asyncDispose]();
    expect(existsSync(place)).toBe(false);
    await preparedDataFolder(join(home, 'two'), open);
    expect(existsSync(join(home, 'two'))).toBe(false);
  });
});
