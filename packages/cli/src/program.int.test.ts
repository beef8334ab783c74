import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InventoryLevel, type Order, sleep } from '@fluxori/core';
import type { JobView } from '@fluxori/queue';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandLine, type RunningCommand, until } from './testing/command-line.js';
import { accountsOf, type Home, homeForMany, temporaryHome, testAccount } from './testing/main-job.js';

let sandbox: Sandbox;
let home: Home;
let fluxori: CommandLine;
/** Of the programs that came before. */
let allOutput = '';

beforeAll(async () => {
  sandbox = await startSandbox({ orders: 120, skus: 60 });
  home = await homeForMany();
  fluxori = programIn(home);
  await writeConfig(accountsOf(sandbox));
});
afterAll(async () => {
  await sandbox.close();
  await home[Symbol.asyncDispose]();
});

/** Everything is logged, so that the last test can look for what must never be. */
const programIn = ({ path, backendUrl }: Home) =>
  new CommandLine(path, { FLUXORI_BACKEND: backendUrl, FLUXORI_LOG_LEVEL: 'debug' });
/** Without the sweep of each night: it would be one more job, if it became 3:17 meanwhile. */
const writeConfig = (accounts: unknown, file = 'fluxori.config.json', { path } = home) =>
  writeFile(join(path, file), JSON.stringify({ accounts, privacy: { sweep: false } }));
const account = () => accountsOf(sandbox)[testAccount] as Record<string, unknown>;

/** As they outlived the process that has used them. */
async function expectLimits(program: CommandLine): Promise<void> {
  const limits = await program.json<{ label: string; level: number; burst: number }[]>('limits');
  const search = limits.find((limit) => limit.label.includes('searchOrders'));
  expect(search?.burst).toBe(20);
  expect(search?.level).toBeLessThan(20);
}

describe('fluxori', () => {
  it('imports orders, and the second time only what is new', async () => {
    const first = await fluxori.json<{ result: { inserted: number } }>('orders', 'import');
    expect(first.result.inserted).toBe(120);
    const second = await fluxori.json<{ result: { inserted: number } }>('orders', 'import');
    expect(second.result.inserted).toBe(0);
    const { total, orders } = await fluxori.json<{ total: number; orders: Order[] }>(
      'orders',
      'list',
      '--limit',
      '7',
    );
    expect([total, orders.length]).toEqual([120, 7]);
    await expectLimits(fluxori);
  });

  it('shows an order for people and for programs', async () => {
    const id = sandbox.orderIds()[0] as string;
    const order = await fluxori.json<Order>('orders', 'show', id);
    expect(order.orderId).toBe(id);
    const { stdout } = await fluxori.run('orders', 'show', id);
    expect(stdout).toContain(id);
    expect(stdout).toContain(order.items[0]?.sku);
  });

  it('syncs inventory, and sets the stock of a SKU that the seller ships', async () => {
    await fluxori.json('inventory', 'sync');
    const { total, inventory } = await fluxori.json<{ total: number; inventory: InventoryLevel[] }>(
      'inventory',
      'list',
      '--limit',
      '100',
    );
    expect(total).toBe(60);
    const own = inventory.find((level) => level.fulfilledBy === 'seller') as InventoryLevel;
    await fluxori.json('inventory', 'set', own.sku, String(own.available + 7));
    await fluxori.json('inventory', 'sync');
    const after = await fluxori.json<{ inventory: InventoryLevel[] }>('inventory', 'list', '--limit', '100');
    expect(after.inventory.find((level) => level.sku === own.sku)?.available).toBe(own.available + 7);
  });

  it('names a SKU that does not exist, and ends with 5', async () => {
    const { code, stderr } = await fluxori.run('inventory', 'set', 'NO-SUCH-SKU', '3');
    expect(code).toBe(5);
    expect(stderr).toContain('NO-SUCH-SKU');
    expect(stderr).toContain('What to do:');
  });

  it('queues without waiting, expedites, shows and cancels', async () => {
    const { jobId } = await fluxori.json<{ jobId: string }>(
      'orders',
      'import',
      '--no-wait',
      '--priority',
      'bulk',
    );
    expect(await fluxori.json<JobView>('jobs', 'show', jobId)).toMatchObject({
      state: 'waiting',
      priority: 'bulk',
    });
    expect(await fluxori.json<JobView>('jobs', 'expedite', jobId)).toMatchObject({ priority: 'critical' });
    const waiting = await fluxori.json<JobView[]>('jobs', 'list', '--state', 'waiting');
    expect(waiting.map((job) => job.jobId)).toContain(jobId);
    expect(await fluxori.json<JobView>('jobs', 'cancel', jobId)).toMatchObject({ state: 'cancelled' });
  });

  it('works the queue until no job is left', async () => {
    await fluxori.json('inventory', 'sync', '--no-wait');
    expect(await fluxori.json('worker', '--until-idle')).toEqual({ completed: 2, failed: 0, cancelled: 0 });
  });

  it('never was too fast, and asked for one token in all', () => {
    expect(sandbox.counters()).toMatchObject({ throttled: 0, tokenCalls: 1 });
  });
});

describe('on the embedded backend', () => {
  let seller: Sandbox;
  let folder: Home;
  let embedded: CommandLine;
  let worker: RunningCommand | undefined;
  beforeAll(async () => {
    seller = await startSandbox({ orders: 120, skus: 5, seed: 3 });
    folder = await temporaryHome();
    // Nobody has said where: it is the folder below the one in which one stands.
    embedded = new CommandLine(folder.path, { FLUXORI_LOG_LEVEL: 'debug' });
    await writeConfig(accountsOf(seller), 'fluxori.config.json', folder);
  });
  afterAll(async () => {
    await worker?.stop();
    await seller.close();
    await folder[Symbol.asyncDispose]();
    allOutput += embedded.everything;
  });

  it('orders and limits outlive the process, and the store is up', async () => {
    await embedded.json('orders', 'import');
    const again = await embedded.json<{ result: { inserted: number } }>('orders', 'import');
    expect(again.result.inserted).toBe(0);
    await expectLimits(embedded);
    const health = await embedded.json<{ status: string; parts: Record<string, unknown> }>('health');
    expect(health.status).toBe('up');
    expect(Object.keys(health.parts)).toEqual(['backend', testAccount, 'queues']);
  });

  it('says that the folder is in use when another process has it', async () => {
    const { openBackend } = await import('@fluxori/backend');
    await using _held = await openBackend(`pglite:${join(folder.path, '.fluxori', 'data')}`);
    const { code, stderr } = await embedded.run('orders', 'list');
    expect(code).toBe(3);
    expect(stderr).toMatch(/is open in/);
  });

  it('a command that is told to end before the worker with the folder has heard of it is not run', async () => {
    worker = embedded.start('worker');
    await worker.prints((printed) => printed.includes('Working on'));
    const early = await embedded.start('orders', 'list').stop();
    expect([early.code, early.stdout]).toEqual([130, '']);
  });

  it('other commands are run by that worker, and it goes on when they are done or broken off', async () => {
    const desk = join(folder.path, '.fluxori', 'data', '.desk');
    expect((await stat(desk)).mode & 0o777).toBe(0o600);

    expect((await embedded.json<{ total: number }>('orders', 'list')).total).toBe(120);
    expect((await embedded.json<{ status: string }>('health')).status).toBe('up');
    const { jobId } = await embedded.json<{ jobId: string }>('orders', 'import', '--no-wait');
    await until(
      async () => (await embedded.json<JobView>('jobs', 'show', jobId)).state === 'completed',
      () => worker?.printed() ?? '',
    );
    const refused = await embedded.run('jobs', 'show', 'orders-nothing');
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('orders-nothing')]);
    const waiting = embedded.start('orders', 'import');
    await sleep(100);
    expect([0, 130]).toContain((await waiting.stop()).code);
    expect((await embedded.json<unknown[]>('limits')).length).toBeGreaterThan(0);

    const second = await embedded.run('worker');
    expect([second.code, second.stderr]).toEqual([3, expect.stringContaining('is open in')]);
    expect((await worker?.stop())?.code).toBe(0);
    await expect(stat(desk)).rejects.toThrow('ENOENT');
    expect((await embedded.json<{ total: number }>('orders', 'list')).total).toBe(120);
  });

  it('never was too fast, and asked for one token in all', () => {
    expect(seller.counters()).toMatchObject({ throttled: 0, tokenCalls: 1 });
  });
});

describe('bad input', () => {
  it.each([
    [['orders', 'import', '--since', '31/12/2026'], 2, /since.*ISO 8601/s],
    [['orders', 'list', '--limit', 'all'], 2, /--limit/],
    [['orders', 'import', '--priority', 'urgent'], 2, /critical, high, normal, low, bulk/],
    [['jobs', 'list', '--state', 'asleep'], 2, /waiting, parked, active/],
    [['orders', 'list', '--log-level', 'loud'], 2, /debug, info, warn/],
    [['orders', 'improt'], 2, /import/],
    [['orders', 'list', '--colour'], 2, /--colour/],
    [['jobs', 'show', 'orders-nothing'], 5, /orders-nothing/],
    [['orders', 'show', '028-0000000-0000000'], 5, /orders list/],
    [['orders', 'import', '--account', 'nobody'], 5, /nobody.*acme-za/],
    [['orders', 'list', '--backend', 'mysql://localhost'], 3, /memory:.*pglite:/s],
    [['inventory', 'set', 'TEA', '3', '--marketplace', 'Narnia'], 5, /Narnia/],
    [['inventory', 'set', 'TEA', '-3'], 2, /quantity|unknown option/],
    [['config', 'check', '--config', 'nowhere.json'], 3, /nowhere\.json/],
  ])('%j ends with %i and says what to do', async (args, code, says) => {
    const before = sandbox.counters().requests;
    const result = await fluxori.run(...args);
    expect(result.stderr).toMatch(says);
    expect(result.code).toBe(code);
    expect(sandbox.counters().requests).toBe(before);
  });

  it('lists every problem of the accounts at once, and repeats no secret', async () => {
    const { clientSecret, ...incomplete } = account();
    await writeConfig(
      {
        'wrong-region': { ...account(), region: 'na' },
        'no-secret': incomplete,
        nowhere: { ...account(), marketplaceIds: ['ZZ'] },
        misspelt: { ...account(), refreshtoken: account().refreshToken },
        'open-gateway': { ...account(), endpoints: {}, gateway: { url: 'http://gateway.example.com' } },
      },
      'bad.json',
    );
    const { code, stderr } = await fluxori.run('config', 'check', '--config', 'bad.json');
    expect(code).toBe(3);
    for (const part of [
      'wrong-region.marketplaceIds',
      'no-secret.clientSecret',
      'ZZ',
      'misspelt.refreshtoken: there is no such field',
      'open-gateway.gateway.url: write an absolute https URL',
    ])
      expect(stderr).toContain(part);
    expect(stderr).not.toContain(clientSecret);
  });

  it('says its version', async () => {
    const { code, stdout } = await fluxori.run('--version');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('ends with 4 when the seller has withdrawn the authorisation, and does not hammer Amazon', async () => {
    await using revoked = await startSandbox({ orders: 5, skus: 5, seed: 7 });
    const config = accountsOf(revoked);
    await revoked.faults.set({ kind: 'revoke-consent', sellerId: revoked.credentials.sellerId });
    await writeConfig({ revoked: config[testAccount] }, 'revoked.json');
    for (let i = 0; i < 3; i++) {
      const { code, stderr } = await fluxori.run('orders', 'import', '--config', 'revoked.json');
      expect(code).toBe(4);
      expect(stderr).toContain('What to do:');
    }
    expect(revoked.counters()).toMatchObject({ tokenCalls: 1, requests: 0 });
    const { refreshToken, clientSecret } = revoked.credentials;
    for (const secret of [refreshToken, clientSecret]) expect(fluxori.everything).not.toContain(secret);
  });
});

describe('what was printed and logged in all of this', () => {
  it('holds no token, no secret and no buyer', async () => {
    const printed = fluxori.everything + allOutput;
    expect(printed.length).toBeGreaterThan(5_000);
    expect(printed).not.toMatch(/Atz[ar]\|/);
    const { clientSecret, refreshToken } = sandbox.credentials;
    for (const secret of [clientSecret, refreshToken]) expect(printed).not.toContain(secret);
    const buyers = sandbox.personalData().flatMap(({ values }) => values);
    expect(buyers.length).toBeGreaterThan(100);
    expect(buyers.filter((value) => value.length > 5 && printed.includes(value))).toEqual([]);
  });
});
