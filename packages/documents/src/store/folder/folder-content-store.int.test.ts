import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { allOf, failureOf, streamOf, textOf } from '../../conformance/under-test.js';
import { syncFolder } from './content-files.js';
import { FolderContentStore } from './folder-content-store.js';

const writer = resolve('packages/documents/src/testing/kept-writer.mjs');

describe('a folder of contents', () => {
  let folder: string;
  let store: FolderContentStore;
  let children: ChildProcess[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fluxori-contents-'));
    store = new FolderContentStore({ folder: join(folder, 'contents') });
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const files = async (): Promise<readonly string[]> => {
    const found = await readdir(join(folder, 'contents'), { recursive: true, withFileTypes: true });
    return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
  };
  /** Starts a writer and waits until it has told `marks` times that a mebibyte is through. */
  const startWriter = async (name: string, kind: string, marks: number): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [writer, join(folder, 'contents'), name, kind]);
    children.push(child);
    let seen = 0;
    await new Promise<void>((done, failed) => {
      child.once('exit', () => failed(new Error('The writer ended by itself.')));
      child.stdout?.on('data', (text: Buffer) => {
        seen += text.length;
        if (seen >= marks) done();
      });
    });
    child.removeAllListeners('exit');
    return child;
  };
  const killed = async (child: ChildProcess): Promise<void> => {
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await gone;
  };

  it.each(['plain', 'sealed'])(
    'shows nothing of a %s write whose process was killed, and clears it away',
    async (kind) => {
      await store.write('kept', streamOf('before'));
      for (const marks of [1, 5, 20]) {
        const child = await startWriter(kind === 'plain' ? 'kept' : 'other', kind, marks);
        await killed(child);
        expect(await textOf(store, 'kept')).toBe('before');
        const names: string[] = [];
        for await (const { name } of store.list()) names.push(name);
        expect(names).toEqual(['kept']);
      }
      expect((await files()).length).toBeGreaterThan(1);
      const next = new FolderContentStore({ folder: join(folder, 'contents') });
      await next.write('next', streamOf('after'));
      expect([...(await files())].sort()).toEqual(['kept@content', 'next@content']);
    },
  );

  it('leaves the file of a writer that lives alone, however often others write', async () => {
    const child = await startWriter('growing', 'plain', 2);
    for (let time = 0; time < 3; time++) {
      await new FolderContentStore({ folder: join(folder, 'contents') }).write('x', streamOf('x'));
    }
    expect((await readdir(join(folder, 'contents', '@writing'))).length).toBe(1);
    await killed(child);
    expect(await store.sweep()).toMatchObject({ removed: 1 });
    expect(await readdir(join(folder, 'contents', '@writing'))).toEqual([]);
  });

  it('waits an hour before it takes the file of a writer elsewhere for dead', async () => {
    const elsewhere = join(folder, 'contents', '@writing', '0123456789ab-17-00');
    await mkdir(join(folder, 'contents', '@writing'), { recursive: true });
    await writeFile(elsewhere, 'some');
    expect(await store.sweep()).toEqual({ removed: 0, bytes: 0 });
    const old = new Date(Date.now() - 61 * 60 * 1000);
    await utimes(elsewhere, old, old);
    expect(await store.sweep()).toEqual({ removed: 1, bytes: 4 });
  });

  it('says that there is no room, and what to do, and keeps nothing', async () => {
    await store.write('kept', streamOf('before'));
    // A limit of this process's files stands in for a full disk: the write is refused by the system in the same way.
    const command = `ulimit -f 512; exec "${process.execPath}" "${writer}" "${join(folder, 'contents')}" full plain`;
    const child = spawn('bash', ['-c', command]);
    children.push(child);
    let told = '';
    child.stdout.on('data', (text: Buffer) => {
      told += text.toString();
    });
    await new Promise((done) => child.once('close', done));
    const error = JSON.parse(told.replace(/^\.*/, '')) as Record<string, string>;
    expect(error).toMatchObject({ name: 'DocumentError', code: 'DOCUMENT_STORE_FULL' });
    expect(error.message).toMatch(/full cannot be written: .*Nothing of it was kept/);
    expect(error.remedy).toMatch(/Make room/);
    expect(await files()).toEqual(['kept@content']);
    expect(await textOf(store, 'kept')).toBe('before');
  });

  it('is its owner’s only', async () => {
    await store.write('a/b', streamOf('x'));
    for (const path of ['contents', 'contents/a', 'contents/@writing']) {
      expect((await stat(join(folder, path))).mode & 0o777).toBe(0o700);
    }
    expect((await stat(join(folder, 'contents/a/b@content'))).mode & 0o777).toBe(0o600);
  });

  it('leaves no empty folders behind', async () => {
    await store.write('a/b/c', streamOf('x'));
    await store.write('a/d', streamOf('x'));
    await store.delete('a/b/c');
    expect((await readdir(join(folder, 'contents', 'a'))).sort()).toEqual(['d@content']);
    await store.delete('a/d');
    expect(await readdir(join(folder, 'contents'))).toEqual(['@writing']);
  });

  it('does not lose a write to a delete that takes the folder away beneath it', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        await store.write(`deep/er/${index % 4}`, streamOf(String(index)));
        if (index % 2 === 0) await store.delete(`deep/er/${(index + 1) % 4}`);
      }),
    );
    await store.write('deep/er/last', streamOf('there'));
    expect(await textOf(store, 'deep/er/last')).toBe('there');
  });

  it('puts on the disk where a folder stood that was taken away since', async () => {
    await expect(syncFolder(join(folder, 'taken', 'away'))).resolves.toBeUndefined();
  });

  it('writes and deletes by two at once, until the folder between them is empty, all succeed', async () => {
    const unlinked: boolean[] = [];
    for (let round = 0; round < 25; round++) {
      await Promise.all(
        [0, 1, 0, 1].map(async (index) => {
          await store.write(`deep/er/${index}`, streamOf('x'));
          unlinked.push(await store.delete(`deep/er/${index}`));
        }),
      );
    }
    // Of two deletes of one content the second may come too late; the first never does.
    expect(unlinked.filter(Boolean).length).toBeGreaterThanOrEqual(50);
    expect(await readdir(join(folder, 'contents'))).toEqual(['@writing']);
  });

  it('tells what was changed from outside from what it wrote', async () => {
    await store.write('report', streamOf('sku\tquantity\n'));
    const path = join(folder, 'contents', 'report@content');
    const whole = await readFile(path);
    // All but the digits of the digest and the time, which are themselves what is compared.
    for (const damaged of [whole.subarray(0, -1), whole.subarray(1), Buffer.from('x'), Buffer.alloc(0)]) {
      await chmod(path, 0o600);
      await writeFile(path, damaged);
      for (const attempt of [
        store.read('report'),
        store.facts('report'),
        allOf(Readable.from(store.list())),
      ]) {
        expect((await failureOf(attempt))?.code).toBe('DOCUMENT_DAMAGED');
      }
    }
    expect(await store.delete('report')).toBe(true);
    expect(await store.facts('report')).toBeUndefined();
  });

  it('follows no link that was laid in a content’s place', async () => {
    await writeFile(join(folder, 'outside'), 'secret');
    await store.write('x', streamOf('x'));
    await symlink(join(folder, 'outside'), join(folder, 'contents', 'laid@content'));
    expect((await failureOf(store.read('laid')))?.code).toBe('DOCUMENT_STORE_FAILED');
    await store.write('laid', streamOf('ours'));
    expect(await textOf(store, 'laid')).toBe('ours');
    expect(await readFile(join(folder, 'outside'), 'utf8')).toBe('secret');
  });
});
