import { lstat, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSealKey, openBackend, sealKeysFrom } from '@fluxori/backend';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { preparedDataFolder } from '@fluxori/test-services';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLine, type RunningCommand } from '../testing/command-line.js';
import { type Home, homeForMany } from '../testing/main-job.js';

const sealKey = generateSealKey().reveal();
const day = 86_400_000;
let place: Home;
let home: string;
let sandbox: Sandbox;
let fluxori: CommandLine;
let file: string;

beforeEach(async () => {
  place = await homeForMany();
  home = place.path;
  file = join(home, 'fluxori.config.json');
  sandbox = await startSandbox({ orders: 2, skus: 2, sellers: 2, marketplaces: ['ZA', 'DE'] });
  fluxori = new CommandLine(home, { FLUXORI_SEAL_KEY: sealKey, FLUXORI_BACKEND: place.backendUrl });
});
afterEach(async () => {
  // Also those of a test that has failed: nothing is left running.
  for (const one of started.splice(0)) await one.stop();
  await sandbox.close();
  await place[Symbol.asyncDispose]();
});

const started: RunningCommand[] = [];
function start(...args: string[]): RunningCommand {
  const running = fluxori.start(...args);
  started.push(running);
  return running;
}

const text = () => readFile(file, 'utf8');
const accounts = async () => JSON.parse(await text()).accounts;

/** A first account of the application, written by a person in their own way. */
async function writeFirst(more: Record<string, unknown> = {}): Promise<string> {
  const { applicationId, clientId, clientSecret, sellerId, refreshToken } = sandbox.credentials;
  const first = { applicationId, clientId, clientSecret, sellerId, refreshToken, ...more };
  const written = `{
    "log": { "level": "silent" },   "backend": "memory:",
    "accounts": {
        "first": {
            "marketplaceIds": ["ZA"], "endpoints": ${JSON.stringify(sandbox.endpoints)},
${Object.entries(first)
  .map(([name, value]) => `            ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  .join(',\n')}
        }
    }
}
`;
  await writeFile(file, written, { mode: 0o640 });
  return written;
}

async function printedUrl(running: RunningCommand): Promise<string> {
  const urlIn = (printed: string) => /^ {2}(http\S+consent\S+)$/m.exec(printed)?.[1];
  await running.prints((printed) => urlIn(printed) !== undefined);
  return urlIn(running.printed()) as string;
}

/** What the seller does: reads the consent page, presses the button, and his browser follows. */
async function confirm(url: string, sellerId?: string): Promise<Response> {
  const page = await (await fetch(url)).text();
  const form = new URLSearchParams({ answer: 'confirm' });
  for (const [, name, value] of page.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)) {
    form.set(name as string, value as string);
  }
  if (sellerId !== undefined) form.set('selling_partner_id', sellerId);
  return fetch(new URL('/apps/authorize/consent', url), { method: 'POST', body: form });
}

const second = () => sandbox.accounts[1];

describe('fluxori accounts add', () => {
  it('sends the seller to Seller Central, hears the browser come back, stores, writes and calls', async () => {
    const before = await writeFirst({ clientSecretIssuedAt: '2026-11-01' });
    const running = start('accounts', 'add', 'second', '--marketplace', 'ZA,DE', '--json');
    const page = await confirm(await printedUrl(running), second()?.sellerId);
    expect([page.status, page.headers.get('referrer-policy')]).toEqual([200, 'no-referrer']);
    expect(await page.text()).toContain('second is authorised');
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      account: 'second',
      sellerId: second()?.sellerId,
      marketplaces: ['ZA', 'DE'],
      renewed: false,
      secret: 'second.refresh-token',
    });
    expect(result.participations).toHaveLength(2);
    expect(Date.parse(result.expiresAt) - Date.parse(result.authorizedAt)).toBe(365 * day);

    // Everything that was there is there, to the byte; the new account stands behind it.
    const after = await text();
    const kept = before.slice(0, before.indexOf('\n        }\n    }\n}'));
    expect(after.startsWith(kept)).toBe(true);
    expect(after).toContain('\n        },\n        "second": {\n            "connector": "amazon-sp",\n');
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect((await accounts()).second).toMatchObject({
      sellerId: second()?.sellerId,
      refreshToken: 'secret:second.refresh-token',
      clientSecretIssuedAt: '2026-11-01',
    });
    expect(after).not.toContain(second()?.refreshToken);
    expect((await fluxori.json<{ ok: boolean }[]>('accounts', 'check', 'second'))[0]?.ok).toBe(true);
    expect(fluxori.everything).not.toMatch(/Atzr|Atza/);
  });

  it('asks for everything when there is no file, and hides the secret in the sealed one', async () => {
    const { applicationId, clientId, clientSecret } = sandbox.credentials;
    await writeFile(file, '{}\n');
    const running = start('accounts', 'add', '--paste');
    for (const line of ['acme-za', 'za', applicationId, clientId, clientSecret, 'https://app.example/cb']) {
      running.type(line);
    }
    const url = await printedUrl(running);
    expect(new URL(url).host).toBe('sellercentral.amazon.co.za');
    expect(new URL(url).searchParams.get('redirect_uri')).toBe('https://app.example/cb');
    const stopped = await running.stop();
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).not.toContain(clientSecret);
    expect(await text()).toBe('{}\n');
  });

  it('takes the pasted address, forgives a slip, and stores a typed client secret', async () => {
    const { clientSecret } = sandbox.credentials;
    await writeFirst({ redirectUri: 'https://app.example/cb' });
    const parsed = JSON.parse(await text());
    parsed.accounts.first.clientSecret = undefined;
    await writeFile(file, JSON.stringify(parsed));
    const running = start('accounts', 'add', 'second', '-m', 'ZA');
    running.type(clientSecret);
    const back = sandbox.consent(await printedUrl(running), 'confirm', second()?.sellerId);
    running.type('what was I to do?');
    running.type('https://app.example/cb');
    running.type(back);
    const { code, stdout } = await running.ended;
    expect([code, stdout]).toEqual([0, expect.stringContaining('not the address of this authorisation')]);
    expect((await accounts()).second.clientSecret).toBe('secret:second.client-secret');
    const names = (await fluxori.json<{ secrets: { name: string }[] }>('secrets', 'list')).secrets;
    expect(names.map(({ name }) => name)).toEqual(['second.client-secret', 'second.refresh-token']);
    expect(await text()).not.toContain(clientSecret);
  });

  it('renews an account: only what is new is written, and another seller is refused', async () => {
    const before = await writeFirst({ refreshToken: 'secret:gone', authorizedAt: '2025-11-01' });
    const wrong = start('accounts', 'add', 'first');
    await confirm(await printedUrl(wrong), second()?.sellerId);
    const refused = await wrong.ended;
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('another seller')]);
    expect(await text()).toBe(before);

    const running = start('accounts', 'add', 'first', '--json');
    await confirm(await printedUrl(running), sandbox.credentials.sellerId);
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    const { renewed, authorizedAt, secret } = JSON.parse(stdout);
    expect([renewed, secret]).toEqual([true, 'gone']);
    expect(await text()).toBe(before.replace('"2025-11-01"', JSON.stringify(authorizedAt)));
    expect((await fluxori.json<{ ok: boolean }[]>('accounts', 'check', 'first'))[0]?.ok).toBe(true);
  });

  it('does not end because somebody else calls the port, and ends with 4 when the seller does not agree', async () => {
    await writeFirst();
    const before = await text();
    const running = start('accounts', 'add', 'second', '-m', 'ZA');
    const url = new URL(await printedUrl(running));
    const callback = url.searchParams.get('redirect_uri') as string;
    expect((await fetch(`${callback}?state=guessed&spapi_oauth_code=x`)).status).toBe(400);
    expect((await fetch(new URL('/favicon.ico', callback))).status).toBe(404);
    const declined = sandbox.consent(url.href, 'cancel');
    expect((await fetch(declined)).status).toBe(400);
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([4, expect.stringContaining('did not let the application in')]);
    expect(await text()).toBe(before);
  });

  it('keeps the account when only the first call fails, and says what to do', async () => {
    await writeFirst();
    const running = start('accounts', 'add', 'second', '-m', 'ZA');
    const url = await printedUrl(running);
    await sandbox.faults.set({ kind: 'throttle', operation: 'sellers.getMarketplaceParticipations' });
    await confirm(url, second()?.sellerId);
    const { code, stderr } = await running.ended;
    expect(code).toBe(6);
    expect(stderr).toContain('fluxori accounts check second');
    expect((await accounts()).second.sellerId).toBe(second()?.sellerId);
  });

  it.each([
    ['an unknown marketplace', ['x', '-m', 'Atlantis'], 5, 'marketplace'],
    ['marketplaces of two regions', ['x', '-m', 'ZA,US'], 3, 'region'],
    ['a name that is none', ['../x', '-m', 'ZA'], 2, 'name'],
    ['a secret on the command line', ['x', '-m', 'ZA', '--client-secret', 'abc'], 2, 'client-secret'],
    ['http elsewhere', ['x', '-m', 'ZA', '--redirect-uri', 'http://app.example/'], 2, 'redirectUri'],
    ['an account that is not there', ['x', '-m', 'ZA', '--like', 'nobody'], 5, 'nobody'],
    ['a secret that is not there', ['x', '-m', 'ZA', '--client-secret', 'secret:none'], 3, 'none'],
    [
      'an LWA client id for the App ID',
      ['x', '-m', 'ZA', '--application-id', 'amzn1.oa2.1'],
      2,
      'applicationId',
    ],
    ['nobody to answer', ['x'], 2, '--marketplace'],
  ])('refuses %s before anybody is sent anywhere', async (_what, args, code, named) => {
    const before = await writeFirst();
    const refused = await fluxori.answer([], 'accounts', 'add', ...args);
    expect([refused.code, refused.stderr]).toEqual([code, expect.stringContaining(named)]);
    expect(refused.stderr).toContain('What to do:');
    expect(refused.stdout).not.toContain('/apps/authorize/consent');
    expect(await text()).toBe(before);
  });

  it('asks for nothing when the token could not be stored', async () => {
    await writeFirst();
    const noKey = new CommandLine(home, { FLUXORI_BACKEND: 'memory:' });
    const refused = await noKey.answer(['x', 'ZA'], 'accounts', 'add');
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('generate-key')]);
    expect(refused.stdout).toBe('');
  });

  it('asks for nothing when the store was sealed with another key', async () => {
    const before = await writeFirst();
    await preparedDataFolder(join(home, 'data'), openBackend);
    const url = `pglite:${join(home, 'data')}`;
    const key = generateSealKey().reveal();
    await new CommandLine(home, { FLUXORI_SEAL_KEY: key, FLUXORI_BACKEND: url }).json('jobs', 'list');
    const refused = await fluxori.answer(['x', 'ZA'], 'accounts', 'add', '--paste', '--backend', url);
    expect([refused.code, refused.stdout]).toEqual([3, '']);
    expect(refused.stderr).toContain(sealKeysFrom(key).current.id);
    expect(await text()).toBe(before);
    await expect(stat(join(home, '.fluxori', 'secrets.sealed.json'))).rejects.toThrow('ENOENT');
  });

  it('asks for nothing when the store of the configuration is away', async () => {
    await writeFirst();
    const place = 'postgres://fluxori@127.0.0.1:1/none?patience=1';
    await writeFile(file, JSON.stringify({ ...JSON.parse(await text()), backend: place }));
    const before = await text();
    const own = new CommandLine(home, { FLUXORI_SEAL_KEY: sealKey });
    const refused = await own.answer(['x', 'ZA'], 'accounts', 'add', '--paste');
    expect([refused.code, refused.stdout]).toEqual([7, '']);
    expect(refused.stderr).toContain('127.0.0.1:1');
    expect(refused.stderr).toContain('What to do:');
    expect(await text()).toBe(before);
  });

  it('goes on while a worker has the folder, and makes no folder where there is none', async () => {
    await writeFirst({ refreshToken: 'secret:not-yet' });
    const folder = join(home, 'data');
    const args = ['accounts', 'add', 'second', '-m', 'ZA', '--paste', '--backend', `pglite:${folder}`];
    await printedUrl(start(...args));
    await expect(stat(folder)).rejects.toThrow('ENOENT');
    await preparedDataFolder(folder, openBackend);
    await using _held = await openBackend(`pglite:${folder}`);
    await printedUrl(start(...args));
  });

  it('leaves neither secret nor account behind when the file cannot be written after all', async () => {
    await writeFirst();
    const running = start('accounts', 'add', 'second', '-m', 'ZA');
    const url = await printedUrl(running);
    // Somebody saves half a file while the seller reads the consent page.
    await writeFile(file, '{"accounts":');
    await confirm(url, second()?.sellerId);
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([3, expect.stringContaining('not valid JSON')]);
    expect(await text()).toBe('{"accounts":');
    await rm(file);
    expect((await fluxori.json<{ secrets: unknown[] }>('secrets', 'list')).secrets).toEqual([]);
  });
});

describe('fluxori accounts list, check and remove', () => {
  it('shows how long client secret and authorisation are good for, and what to do', async () => {
    const inDays = (days: number) => new Date(Date.now() + days * day + day / 2).toISOString();
    await writeFirst({ clientSecretExpiresAt: inDays(20), authorizedAt: inDays(5 - 365) });
    const [view] = await fluxori.json<Record<string, unknown>[]>('accounts', 'list');
    expect(view).toMatchObject({
      account: 'first',
      sellerId: sandbox.credentials.sellerId,
      marketplaces: ['ZA'],
      token: { state: 'unused' },
      clientSecret: { daysLeft: 20, stage: 'soon' },
      authorisation: { daysLeft: 5, stage: 'urgent' },
    });
    const { stdout } = await fluxori.run('accounts', 'list');
    expect(stdout).toContain('(in 20 days)');
    expect(stdout).toContain('fluxori accounts add first');
    const health = await fluxori.json<{ status: string; parts: { first: { parts: unknown } } }>('health');
    expect(health).toMatchObject({
      status: 'degraded',
      parts: {
        first: { parts: { clientSecret: { status: 'degraded' }, authorisation: { status: 'degraded' } } },
      },
    });
    expect(sandbox.counters().requests + sandbox.counters().tokenCalls).toBe(0);
  });

  it('shows a revoked authorisation in list and health, also when another process met it', async () => {
    await writeFirst();
    const own = new CommandLine(home, { FLUXORI_BACKEND: place.backendUrl });
    await sandbox.faults.set({ kind: 'revoke-consent', sellerId: sandbox.credentials.sellerId });
    const checked = await own.run('accounts', 'check', '--json');
    expect(checked.code).toBe(4);
    expect(JSON.parse(checked.stdout)[0]).toMatchObject({
      ok: false,
      error: { code: 'AUTH_REVOKED', remedy: expect.stringContaining('fluxori accounts add first') },
    });
    expect(await own.json('accounts', 'list')).toMatchObject([
      {
        token: { state: 'refused', code: 'AUTH_REVOKED' },
        remedies: [expect.stringContaining('accounts add first')],
      },
    ]);
    const health = await own.run('health', '--json');
    expect(health.stdout).toContain('fluxori accounts add first');
    expect(JSON.parse(health.stdout).parts.first.parts.token.status).toBe('down');
    expect(sandbox.counters().tokenCalls).toBe(1);
  });

  it('shows until when the access token is good that another process fetched, and fetches none itself', async () => {
    await writeFirst();
    const own = new CommandLine(home, { FLUXORI_BACKEND: place.backendUrl });
    expect((await own.run('accounts', 'check')).code).toBe(0);
    expect(await own.json('accounts', 'list')).toMatchObject([
      { token: { state: 'granted', expiresAt: expect.any(String) } },
    ]);
    expect(sandbox.counters().tokenCalls).toBe(1);
  });

  it('removes an account and its token, when it is told so', async () => {
    const before = await writeFirst();
    const running = start('accounts', 'add', 'second', '-m', 'ZA');
    await confirm(await printedUrl(running), second()?.sellerId);
    expect((await running.ended).code).toBe(0);
    const kept = await fluxori.answer(['no'], 'accounts', 'remove', 'second');
    expect([kept.code, kept.stdout]).toEqual([2, expect.stringContaining('Nothing was removed')]);
    expect(Object.keys(await accounts())).toEqual(['first', 'second']);
    expect(await fluxori.json('accounts', 'remove', 'second', '--yes')).toEqual({
      account: 'second',
      secret: 'second.refresh-token',
    });
    expect(await text()).toBe(before);
    expect((await fluxori.json<{ secrets: unknown[] }>('secrets', 'list')).secrets).toEqual([]);
    expect((await fluxori.run('accounts', 'remove', 'second', '--yes')).code).toBe(5);
  });

  it('writes what a link leads to, and leaves the link', async () => {
    await writeFirst();
    const link = join(home, 'link.json');
    await symlink(file, link);
    await fluxori.json('accounts', 'remove', 'first', '--yes', '--config', link);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await accounts()).toEqual({});
  });
});
