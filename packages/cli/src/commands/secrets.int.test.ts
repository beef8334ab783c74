import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { generateSealKey, openBackend, SealedKeyValueStore, Sealer, sealKeysFrom } from '@fluxori/backend';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../config/load-config.js';
import { run } from '../program.js';
import { emptyHome, fillData, homeForMany } from '../testing/main-job.js';

const [oldKey, newKey] = [generateSealKey().reveal(), generateSealKey().reveal()];
const value = 'amzn1.oa2-cs.v1.very-secret';

let home: Awaited<ReturnType<typeof emptyHome>>;
let printed: string;
beforeEach(async () => {
  home = await emptyHome();
  printed = '';
});
afterEach(async () => {
  // Whatever a test did: nothing secret was printed.
  for (const secret of [value, oldKey, newKey]) expect(printed).not.toContain(secret);
  await home[Symbol.asyncDispose]();
});

async function fluxori(
  args: readonly string[],
  facts: { env?: Record<string, string>; stdin?: Readable & { isTTY?: boolean }; signal?: AbortSignal } = {},
) {
  const out = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') =>
    new Writable({
      write: (chunk, _encoding, done) => {
        out[name] += String(chunk);
        done();
      },
    });
  const code = await run(args, {
    cwd: home.path,
    env: { FLUXORI_SEAL_KEY: oldKey, ...facts.env },
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    signal: facts.signal ?? new AbortController().signal,
    ...(facts.stdin && { stdin: facts.stdin }),
  });
  // `generate-key` alone is there to print a secret.
  if (args[1] !== 'generate-key') printed += out.stdout + out.stderr;
  return { code, ...out };
}

const piped = (text: string) => Readable.from([Buffer.from(text)]);
const set = (name: string, text: string, env?: Record<string, string>) =>
  fluxori(['secrets', 'set', name], { stdin: piped(text), ...(env && { env }) });
const file = () => join(home.path, '.fluxori', 'secrets.sealed.json');
const config = (accounts: unknown) =>
  writeFile(join(home.path, 'fluxori.config.json'), JSON.stringify({ accounts }));

describe('fluxori secrets set', () => {
  it('takes the value from a pipe, without the newline at its end', async () => {
    expect((await set('acme-client-secret', `${value}\n`)).code).toBe(0);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    await config({ acme: { clientSecret: 'secret:acme-client-secret' } });
    const loaded = await loadConfig({ cwd: home.path, env: { FLUXORI_SEAL_KEY: oldKey } });
    expect(loaded.config.accounts.acme).toEqual({ connector: 'amazon-sp', clientSecret: value });
  });

  it('asks at a keyboard and does not show what is typed', async () => {
    const keyboard = Object.assign(new PassThrough(), { isTTY: true });
    const typing = fluxori(['secrets', 'set', 'typed', '--json'], { stdin: keyboard });
    setTimeout(() => keyboard.write(`${value}\r`), 100);
    const { code, stdout, stderr } = await typing;
    expect([code, stdout.trim()]).toEqual([0, '{"name":"typed"}']);
    expect(stderr).toContain('Value of typed (it is not shown)');
    expect((await fluxori(['secrets', 'list', '--json'])).stdout).toContain('"typed"');
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('ends at %s, and sets nothing', async (_name, pressed) => {
    const keyboard = Object.assign(new PassThrough(), { isTTY: true });
    const typing = fluxori(['secrets', 'set', 'typed'], { stdin: keyboard });
    setTimeout(() => keyboard.write(pressed), 100);
    expect((await typing).code).toBe(130);
    await expect(stat(file())).rejects.toThrow('ENOENT');
  });

  it('ends when the process is told to stop, at a keyboard and at a pipe', async () => {
    for (const stdin of [Object.assign(new PassThrough(), { isTTY: true }), new PassThrough()]) {
      const stop = new AbortController();
      const waiting = fluxori(['secrets', 'set', 'never'], { stdin, signal: stop.signal });
      setTimeout(() => stop.abort(new DOMException('Ended by SIGTERM.', 'AbortError')), 50);
      expect((await waiting).code).toBe(130);
    }
  });

  it.each([[[value]], [['--value', value]], [[`--value=${value}`]], [['--', value]]])(
    'refuses a value on the command line, says why, and does not repeat it (%#)',
    async (args) => {
      const { code, stderr } = await fluxori(['secrets', 'set', 'shown', ...args], { stdin: piped('other') });
      expect(code).toBe(2);
      expect(stderr).toMatch(/list of processes.*history/s);
      await expect(stat(file())).rejects.toThrow('ENOENT');
    },
  );

  it.each([
    [['set', 'a'], '', {}, 2, /No value came/],
    [['set', 'two words'], 'x', {}, 2, /not a name/],
    [['set', 'a', '--expires', 'soon'], 'x', {}, 2, /180d/],
    [['set', 'a', '--expires', '2020-01-01'], 'x', {}, 2, /past/],
    [['set', 'a'], 'x'.repeat(70_000), {}, 2, /too long/],
    [['set', 'a'], 'x', { FLUXORI_SEAL_KEY: '' }, 3, /secrets generate-key/],
    [['set', 'a'], 'x', { FLUXORI_SEAL_KEY: 'short' }, 3, /sealing key cannot be used/],
    [['remove', 'nothing'], '', {}, 5, /secrets list/],
  ] as const)('%j ends with what to do (%#)', async (args, text, env, code, says) => {
    const result = await fluxori(['secrets', ...args], { stdin: piped(text), env });
    expect(result.stderr).toMatch(says);
    expect(result.code).toBe(code);
  });
});

describe('fluxori secrets list', () => {
  it('shows names and ends, never values', async () => {
    await fluxori(['secrets', 'set', 'b', '--expires', '180d'], { stdin: piped(value) });
    await set('a', value);
    const { stdout } = await fluxori(['secrets', 'list']);
    expect(stdout).toMatch(/a .*\n.*b .*\(in 1(79|80) days\)/);
    const { secrets } = JSON.parse((await fluxori(['secrets', 'list', '--json'])).stdout);
    expect(secrets).toEqual([
      { name: 'a', updatedAt: expect.any(String) },
      { name: 'b', updatedAt: expect.any(String), expiresAt: expect.any(String) },
    ]);
    expect((await fluxori(['secrets', 'remove', 'a'])).code).toBe(0);
    expect(JSON.parse((await fluxori(['secrets', 'list', '--json'])).stdout).secrets).toHaveLength(1);
  });
});

describe('a file that is not as it must be', () => {
  it('with open rights is refused by every command that would use it', async () => {
    await set('a', value);
    await chmod(file(), 0o644);
    await config({ acme: { clientSecret: 'secret:a' } });
    for (const args of [
      ['secrets', 'list'],
      ['secrets', 'rotate'],
      ['secrets', 'remove', 'a'],
      ['config', 'check'],
    ]) {
      const { code, stderr } = await fluxori(args);
      expect([code, stderr]).toEqual([3, expect.stringMatching(/mode 0644.*chmod 600/s)]);
    }
  });

  it('a key file with open rights is refused', async () => {
    const path = join(home.path, 'seal.key');
    await writeFile(path, newKey, { mode: 0o640 });
    const env = { FLUXORI_SEAL_KEY: '', FLUXORI_SEAL_KEY_FILE: path };
    const { code, stderr } = await fluxori(['secrets', 'list'], { env });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/seal\.key.*mode 0640.*chmod 600/s)]);
  });

  it('with the wrong key is refused with the id of the right one, and stays as it is', async () => {
    await set('a', value);
    const before = await readFile(file(), 'utf8');
    for (const args of [
      ['secrets', 'list'],
      ['secrets', 'set', 'b'],
      ['secrets', 'rotate'],
    ]) {
      const { code, stderr } = await fluxori([...args, '--json'], {
        env: { FLUXORI_SEAL_KEY: newKey },
        stdin: piped('x'),
      });
      expect(code).toBe(3);
      expect(JSON.parse(stderr).error).toMatchObject({
        code: 'SEAL_KEY_WRONG',
        remedy: expect.stringContaining(sealKeysFrom(oldKey).current.id),
      });
    }
    expect(await readFile(file(), 'utf8')).toBe(before);
  });
});

describe('references in the configuration', () => {
  it('that lead nowhere are told all at once, each with its place and what to do', async () => {
    await set('known', value);
    await config({
      acme: {
        clientId: '$' + '{CLIENT_ID}',
        clientSecret: 'secret:known',
        refreshToken: 'secret:unknown',
        sellerId: 'secret:',
      },
    });
    const { code, stderr } = await fluxori(['config', 'check', '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stderr).error.problems).toEqual([
      'accounts.acme.clientId: the environment variable CLIENT_ID is not set',
      'accounts.acme.refreshToken: there is no secret unknown: put it in with `fluxori secrets set unknown`',
      'accounts.acme.sellerId: what follows "secret:" is no name of a secret',
    ]);
  });

  it('say that they need the key when there is none', async () => {
    await config({ acme: { clientSecret: 'secret:known', refreshToken: 'secret:other' } });
    const { stderr } = await fluxori(['config', 'check', '--json'], { env: { FLUXORI_SEAL_KEY: '' } });
    expect(JSON.parse(stderr).error.problems).toEqual(
      ['clientSecret: the secret known', 'refreshToken: the secret other'].map(
        (text) =>
          `accounts.acme.${text} needs the sealing key: set FLUXORI_SEAL_KEY or FLUXORI_SEAL_KEY_FILE`,
      ),
    );
  });

  it('are not looked for in what came from a reference', async () => {
    await set('known', value);
    await config({ acme: { clientSecret: '$' + '{INDIRECT}' } });
    const env = { FLUXORI_SEAL_KEY: oldKey, INDIRECT: 'secret:known' };
    const loaded = await loadConfig({ cwd: home.path, env });
    expect(loaded.config.accounts.acme).toMatchObject({ clientSecret: 'secret:known' });
  });

  it('a file that is not JSON is told by the place, without what stands there', async () => {
    await writeFile(join(home.path, 'fluxori.config.json'), `{"clientSecret": ${value}}`);
    const { code, stderr } = await fluxori(['config', 'check']);
    expect([code, stderr]).toEqual([3, expect.stringContaining('not valid JSON')]);
    expect(stderr).not.toContain('amzn1');
  });
});

describe('fluxori secrets generate-key', () => {
  it('prints a key that can be used', async () => {
    const { code, stdout } = await fluxori(['secrets', 'generate-key']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^[A-Za-z0-9_-]{43}\n$/)]);
    expect((await set('a', value, { FLUXORI_SEAL_KEY: stdout.trim() })).code).toBe(0);
  });

  it('writes it into a file that only its owner can open, and never over another', async () => {
    const args = ['secrets', 'generate-key', '--file', 'seal.key', '--json'];
    const made = JSON.parse((await fluxori(args)).stdout);
    expect(made).toEqual({ file: join(home.path, 'seal.key'), id: expect.any(String) });
    expect((await stat(made.file)).mode & 0o777).toBe(0o600);
    const env = { FLUXORI_SEAL_KEY: '', FLUXORI_SEAL_KEY_FILE: made.file };
    expect((await set('a', value, env)).code).toBe(0);
    const again = await fluxori(args);
    expect([again.code, again.stderr]).toEqual([3, expect.stringContaining('Choose another name')]);
    expect((await fluxori(['secrets', 'list'], { env })).code).toBe(0);
  });
});

describe('a store that somebody has sealed', () => {
  it('is closed to a process without a key, which is told the key that is needed', async () => {
    await using store = await homeForMany();
    const env = { FLUXORI_BACKEND: store.backendUrl };
    const keyless = { env: { ...env, FLUXORI_SEAL_KEY: '' } };
    expect((await fluxori(['jobs', 'list'], keyless)).code).toBe(0);
    expect((await fluxori(['jobs', 'list'], { env })).code).toBe(0);
    for (const args of [
      ['jobs', 'list'],
      ['worker', '--until-idle'],
    ]) {
      const { code, stderr } = await fluxori([...args, '--json'], keyless);
      expect(code).toBe(3);
      // A worker's log comes before it.
      expect(JSON.parse(stderr.trim().split('\n').at(-1) as string).error).toMatchObject({
        code: 'SEAL_KEY_WRONG',
        remedy: expect.stringContaining(sealKeysFrom(oldKey).current.id),
      });
    }
  });

  it('lets its folder go again', async () => {
    await fillData(home);
    expect((await fluxori(['jobs', 'list'])).code).toBe(0);
    expect((await fluxori(['jobs', 'list'], { env: { FLUXORI_SEAL_KEY: '' } })).code).toBe(3);
    expect((await fluxori(['jobs', 'list'])).code).toBe(0);
  });
});

describe('fluxori secrets rotate', () => {
  it('seals the file and the stored tokens with the new key; what has a lost key stays until it is told to drop it', async () => {
    await using place = await homeForMany();
    const FLUXORI_BACKEND = place.backendUrl;
    const withStore = async <T>(
      key: string,
      work: (store: SealedKeyValueStore) => Promise<T>,
    ): Promise<T> => {
      await using backend = await openBackend(FLUXORI_BACKEND);
      const sealer = new Sealer(sealKeysFrom(key));
      return await work(new SealedKeyValueStore({ store: backend.keyValues, sealer }));
    };
    await set('a', value);
    const lostKey = generateSealKey().reveal();
    await withStore(oldKey, async (store) => {
      await store.checkKey();
      await store.set('token/1', 'Atza|kept', { ttlMs: 3_600_000 });
      await store.set('token-refused/1', { error: 'invalid_grant', since: 1 });
    });
    await withStore(lostKey, (store) => store.set('token/2', 'Atza|lost'));
    const env = { FLUXORI_SEAL_KEY: `${newKey},${oldKey}`, FLUXORI_BACKEND };
    const refused = await fluxori(['secrets', 'rotate'], { env });
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringMatching(/1 stored value.*--drop-unreadable/s),
    ]);
    expect(await withStore(lostKey, (store) => store.get('token/2'))).toBe('Atza|lost');

    const rotated = await fluxori(['secrets', 'rotate', '--drop-unreadable', '--json'], { env });
    expect(JSON.parse(rotated.stdout)).toEqual({
      key: sealKeysFrom(newKey).current.id,
      secrets: 1,
      tokens: { resealed: 0, unsealed: 0, unreadable: 1 },
    });
    const left = await withStore(newKey, async (store) => {
      await store.checkKey();
      return Promise.all(['token/1', 'token/2', 'token-refused/1'].map((key) => store.get(key)));
    });
    expect(left).toEqual(['Atza|kept', undefined, { error: 'invalid_grant', since: 1 }]);
    expect((await fluxori(['secrets', 'list'], { env: { FLUXORI_SEAL_KEY: newKey } })).code).toBe(0);
    expect((await fluxori(['secrets', 'list'])).code).toBe(3);
  });

  it('seals the file also while a worker has the folder, and makes no folder where there is none', async () => {
    await set('a', value);
    const env = { FLUXORI_SEAL_KEY: `${newKey},${oldKey}` };
    expect(JSON.parse((await fluxori(['secrets', 'rotate', '--json'], { env })).stdout).tokens).toBeNull();
    await expect(stat(join(home.path, '.fluxori', 'data'))).rejects.toThrow('ENOENT');
    await fillData(home);
    await using _held = await openBackend(`pglite:${join(home.path, '.fluxori', 'data')}`);
    const { code, stdout } = await fluxori(['secrets', 'rotate', '--json'], { env });
    expect([code, JSON.parse(stdout).tokens]).toEqual([0, null]);
  });
});
