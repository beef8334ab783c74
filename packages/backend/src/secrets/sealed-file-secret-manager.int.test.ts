import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ManualClock, Secret } from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withFileLock } from './file-lock.js';
import { generateSealKey, sealKeysFrom } from './seal-keys.js';
import { sealKeysOf } from './seal-keys-of-environment.js';
import { SealedFileSecretManager } from './sealed-file-secret-manager.js';

const [oldKey, newKey] = [generateSealKey().reveal(), generateSealKey().reveal()];
const value = 'amzn1.oa2-cs.v1.very-secret';
const clock = new ManualClock(Date.UTC(2026, 10, 1));

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-secrets-'));
  file = join(folder, 'home', 'secrets.sealed.json');
});
afterEach(() => rm(folder, { recursive: true }));

const open = (key = oldKey) => SealedFileSecretManager.open({ file, keys: sealKeysFrom(key), clock });
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

async function failure(work: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const printed = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
  for (const secret of [value, oldKey, newKey]) expect(printed).not.toContain(secret);
  return error as Record<string, unknown>;
}

describe('SealedFileSecretManager', () => {
  it('keeps secrets in a file of mode 0600 that tells neither values nor names', async () => {
    const secrets = await open();
    await secrets.set('acme-client-secret', new Secret(value), {
      expiresAt: new Date('2027-05-01T00:00:00Z'),
    });
    await secrets.set('acme-refresh-token', new Secret('Atzr|other'));
    expect((await (await open()).get('acme-client-secret')).reveal()).toBe(value);
    expect(await secrets.list()).toEqual([
      {
        name: 'acme-client-secret',
        updatedAt: new Date(clock.now()),
        expiresAt: new Date('2027-05-01T00:00:00Z'),
      },
      { name: 'acme-refresh-token', updatedAt: new Date(clock.now()) },
    ]);
    expect(await modeOf(file)).toBe(0o600);
    expect(await modeOf(join(folder, 'home'))).toBe(0o700);
    expect(await readFile(file, 'utf8')).not.toMatch(/very-secret|Atzr|acme|2027/);
    expect((await readdir(join(folder, 'home'))).sort()).toEqual([
      'secrets.sealed.json',
      'secrets.sealed.json.lock',
    ]);
  });

  it('says of a secret that is not there how to put it in', async () => {
    expect(await failure((await open()).get('nothing'))).toMatchObject({
      name: 'ConfigurationError',
      code: 'SECRET_UNKNOWN',
      remedy: expect.stringContaining('fluxori secrets set nothing'),
    });
    expect(await (await open()).list()).toEqual([]);
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('deletes, and tells whether it was there', async () => {
    const secrets = await open();
    await secrets.set('a', new Secret(value));
    expect([await secrets.delete('a'), await secrets.delete('a')]).toEqual([true, false]);
    expect(await secrets.list()).toEqual([]);
  });

  it.each(['', 'two words', '../x', `${value}!`, 'a'.repeat(101)])('refuses the name %j', async (name) => {
    expect(await failure((await open()).set(name, new Secret('x')))).toMatchObject({
      name: 'ValidationError',
    });
  });

  it('refuses a file that others may open, for reading and for writing', async () => {
    const secrets = await open();
    await secrets.set('a', new Secret(value));
    for (const mode of [0o640, 0o604, 0o620, 0o610, 0o602]) {
      await chmod(file, mode);
      const refusal = {
        name: 'ConfigurationError',
        code: 'SECRET_FILE_OPEN',
        remedy: expect.stringContaining('chmod 600'),
      };
      expect(await failure(open())).toMatchObject(refusal);
      expect(await failure(secrets.get('a'))).toMatchObject(refusal);
      expect(await failure(secrets.set('b', new Secret('x')))).toMatchObject(refusal);
    }
    await chmod(file, 0o400);
    expect((await secrets.get('a')).reveal()).toBe(value);
  });

  it('with the wrong key is refused, and neither read nor changed', async () => {
    const secrets = await open(oldKey);
    await secrets.set('a', new Secret(value));
    const before = await readFile(file, 'utf8');
    expect(await failure(open(newKey))).toMatchObject({
      name: 'ConfigurationError',
      code: 'SEAL_KEY_WRONG',
      message: expect.stringContaining(file),
    });
    await rm(file);
    const stranger = await open(newKey);
    await writeFile(file, before, { mode: 0o600 });
    expect(await failure(stranger.set('b', new Secret('x')))).toMatchObject({ code: 'SEAL_KEY_WRONG' });
    expect(await failure(stranger.delete('a'))).toMatchObject({ code: 'SEAL_KEY_WRONG' });
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('is sealed anew with the new key, and then needs the old one no more', async () => {
    await (await open(oldKey)).set('a', new Secret(value));
    expect(await (await open(`${newKey},${oldKey}`)).reseal()).toBe(1);
    expect((await (await open(newKey)).get('a')).reveal()).toBe(value);
    expect(await failure(open(oldKey))).toMatchObject({ code: 'SEAL_KEY_WRONG' });
  });

  it.each([
    '',
    '{',
    'null',
    '{"clientSecret":"amzn1.oa2-cs.v1.very-secret"}',
    '{"format":"fluxori-secrets","version":9,"sealed":"x"}',
  ])('does not take %j for its file, nor repeat it, nor write over it', async (text) => {
    await mkdir(join(folder, 'home'));
    await writeFile(file, text, { mode: 0o600 });
    expect(await failure(open())).toMatchObject({ name: 'ConfigurationError' });
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('loses nothing that many writers set at the same time', async () => {
    const writers = await Promise.all(Array.from({ length: 4 }, () => open()));
    const names = Array.from({ length: 12 }, (_, number) => `secret-${number}`);
    await Promise.all(names.map((name, index) => writers[index % 4]!.set(name, new Secret(name))));
    expect((await (await open()).list()).map(({ name }) => name)).toEqual(names.sort());
  });

  it('writes through no link that somebody laid where the new file is written first', async () => {
    const secrets = await open();
    await secrets.set('a', new Secret(value));
    const elsewhere = join(folder, 'elsewhere');
    await writeFile(elsewhere, 'untouched');
    await symlink(elsewhere, `${file}.new`);
    await secrets.set('b', new Secret(value));
    expect(await readFile(elsewhere, 'utf8')).toBe('untouched');
    expect(await modeOf(file)).toBe(0o600);
    expect((await secrets.list()).length).toBe(2);
  });
});

describe('withFileLock', () => {
  it('gives up with a clear error when another does not end, and honours the signal', async () => {
    const lock = join(folder, 'lock');
    await withFileLock(lock, async () => {
      expect(await failure(withFileLock(lock, async () => 'in', { patienceMs: 60 }))).toMatchObject({
        name: 'ConfigurationError',
        message: expect.stringContaining(lock),
      });
      const reason = new Error('enough');
      await expect(withFileLock(lock, async () => 'in', { signal: AbortSignal.abort(reason) })).rejects.toBe(
        reason,
      );
    });
    expect(await withFileLock(lock, async () => 'in')).toBe('in');
  });

  it('has patience while this process runs: one that stood still gets the lock that was let go', async () => {
    const lock = join(folder, 'lock');
    const letGo = Promise.withResolvers<void>();
    const holding = withFileLock(lock, () => letGo.promise);
    const waiting = withFileLock(lock, async () => 'in', { patienceMs: 400 });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800);
    setImmediate(letGo.resolve);
    expect(await waiting).toBe('in');
    await holding;
  });
});

describe('sealKeysOf', () => {
  it('reads the variable, or a file that only its owner may open', async () => {
    const { current } = sealKeysFrom(newKey);
    const path = join(folder, 'key');
    await writeFile(path, `${newKey}\n`, { mode: 0o400 });
    expect((await sealKeysOf({ FLUXORI_SEAL_KEY: newKey }))?.current.id).toBe(current.id);
    expect((await sealKeysOf({ FLUXORI_SEAL_KEY_FILE: 'key' }, folder))?.current.id).toBe(current.id);
    expect(await sealKeysOf({})).toBeUndefined();
    expect(
      await failure(sealKeysOf({ FLUXORI_SEAL_KEY: newKey, FLUXORI_SEAL_KEY_FILE: path })),
    ).toMatchObject({
      message: expect.stringContaining('both set'),
    });
    expect(await failure(sealKeysOf({ FLUXORI_SEAL_KEY_FILE: 'nowhere' }, folder))).toMatchObject({
      field: 'FLUXORI_SEAL_KEY_FILE',
      message: expect.stringContaining('nowhere'),
    });
  });

  it('says that a folder is no file, whatever its rights, and does not advise to close it', async () => {
    for (const mode of [0o755, 0o700]) {
      const path = join(folder, `folder-${mode}`);
      await mkdir(path, { mode });
      expect(await failure(sealKeysOf({ FLUXORI_SEAL_KEY_FILE: path }))).toMatchObject({
        code: 'CONFIG_INVALID',
        message: `${path} is no file.`,
        remedy: expect.not.stringContaining('chmod'),
      });
    }
  });

  it('refuses a key file that others may read, but for the group’s right that systemd shows', async () => {
    const path = join(folder, 'key');
    await writeFile(path, newKey);
    for (const mode of [0o644, 0o440, 0o404]) {
      await chmod(path, mode);
      expect(await failure(sealKeysOf({ FLUXORI_SEAL_KEY_FILE: path }))).toMatchObject({
        code: 'SECRET_FILE_OPEN',
      });
    }
    const env = { FLUXORI_SEAL_KEY_FILE: path, CREDENTIALS_DIRECTORY: folder };
    expect(await failure(sealKeysOf(env))).toMatchObject({ code: 'SECRET_FILE_OPEN' });
    await chmod(path, 0o440);
    expect((await sealKeysOf(env))?.current.id).toBe(sealKeysFrom(newKey).current.id);
    expect(await failure(sealKeysOf({ ...env, CREDENTIALS_DIRECTORY: '/run/other' }))).toMatchObject({
      code: 'SECRET_FILE_OPEN',
    });
  });
});
