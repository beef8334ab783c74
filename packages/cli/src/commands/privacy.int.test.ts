import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSealKey, openBackend } from '@fluxori/backend';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { describeWith, services } from '@fluxori/test-services';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandLine } from '../testing/command-line.js';
import { accountsOf, type Home, homeForMany, temporaryHome } from '../testing/main-job.js';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ orders: 30, skus: 8, rateLimits: false, settleMs: 0 });
});
afterAll(() => sandbox.close());

async function programIn(home: Home, env: Record<string, string>, more: object = {}): Promise<CommandLine> {
  const config = { backend: home.backendUrl, accounts: accountsOf(sandbox), ...more };
  await writeFile(join(home.path, 'fluxori.config.json'), JSON.stringify(config));
  return new CommandLine(home.path, env);
}

interface ShownOrder {
  readonly orderId: string;
  readonly shipTo?: object;
  readonly buyerEmail?: string;
}

for (const backend of services) {
  describeWith(backend, `fluxori privacy on ${backend}`, () => {
    it('erases a buyer everywhere, tells of who read what, and deletes what is past its time', async () => {
      await using home = await temporaryHome(backend);
      const env = { FLUXORI_SEAL_KEY: generateSealKey().reveal() };
      const fluxori = await programIn(home, env);
      await fluxori.json('orders', 'import', '--recipient', '--buyer');
      const people = sandbox.personalData();
      const stored = await everythingIn(home.backendUrl);
      for (const value of people.flatMap(({ values }) => values)) expect(stored).not.toContain(value);

      const { orders } = await fluxori.json<{ orders: ShownOrder[] }>('orders', 'list', '--limit', '100');
      expect(orders.length).toBe(30);
      expect(orders.some((one) => one.shipTo !== undefined || one.buyerEmail !== undefined)).toBe(false);
      let named: ShownOrder | undefined;
      for (const { orderId } of orders) {
        named = await fluxori.json<ShownOrder>('orders', 'show', orderId, '--personal');
        if (named.buyerEmail !== undefined && named.shipTo !== undefined) break;
      }
      const { buyerEmail, orderId } = named as Required<ShownOrder>;
      expect(people.find((one) => one.orderId === orderId)?.values).toContain(buyerEmail);
      expect((await fluxori.run('orders', 'show', orderId, '--personal')).stdout).toContain(
        `bought by ${buyerEmail}`,
      );
      expect((await fluxori.run('orders', 'show', orderId)).stdout).not.toContain(buyerEmail);

      const trail = await fluxori.json<{ action: string; actor: string }[]>(
        'privacy',
        'audit',
        '--order',
        orderId,
      );
      expect(trail.map(({ action }) => action)).toEqual(['read', 'read']);
      const fetched = await fluxori.json<{ operation: string }[]>('privacy', 'audit', '--action', 'fetched');
      expect(fetched).toMatchObject([{ operation: 'orders.searchOrders', what: ['RECIPIENT', 'BUYER'] }]);
      expect((await fluxori.run('privacy', 'audit')).stdout).toContain('fetched by orders.searchOrders');

      const told = await fluxori.answer([buyerEmail], 'privacy', 'erase', '--buyer', '-');
      expect(told.stdout).toContain(`who is behind ${orderId}`);
      expect(told.stdout).toContain('Out of reach:');
      expect(await fluxori.json('orders', 'show', orderId, '--personal')).not.toHaveProperty('buyerEmail');
      sandbox.updateOrder(orderId, {});
      await fluxori.json('orders', 'import', '--recipient', '--buyer');
      expect(await fluxori.json('orders', 'show', orderId, '--personal')).not.toHaveProperty('shipTo');
      expect(await fluxori.json('privacy', 'audit', '--action', 'erased')).toMatchObject([
        { subjects: [orderId] },
      ]);

      const strict = await programIn(home, env, {
        privacy: { retentionDays: { shipTo: 0, buyer: 0 }, openOrderDays: 0 },
      });
      const swept = await strict.json<{ deleted: Record<string, number> }>('privacy', 'sweep');
      expect(swept.deleted.shipTo).toBeGreaterThan(0);
      expect(await everythingIn(home.backendUrl)).not.toContain('"sealed"');
      const trailText = JSON.stringify(await strict.json('privacy', 'audit', '--limit', '1000'));
      for (const value of people.flatMap(({ values }) => values)) expect(trailText).not.toContain(value);
    });

    it('sweeps by itself in a worker, each night, unless it is told not to', async () => {
      await using home = await temporaryHome(backend);
      const env = {};
      const fluxori = await programIn(home, env);
      await fluxori.json('worker', '--until-idle');
      expect(await fluxori.json('schedules', 'list')).toMatchObject([
        { name: 'privacy-sweep', job: 'privacy.sweep', cron: '17 3 * * *' },
      ]);
      const without = await programIn(home, env, { privacy: { sweep: false } });
      await without.json('worker', '--until-idle');
      expect(await without.json('schedules', 'list')).toEqual([]);
    });
  });
}

describe('fluxori privacy', () => {
  it('asks for a subject, a key and known words', async () => {
    await using home = await homeForMany();
    const fluxori = await programIn(home, {});
    expect((await fluxori.run('privacy', 'audit')).stdout).toContain('Nothing was told');
    for (const [args, code, text] of [
      [['erase'], 2, '--order or --buyer'],
      [['erase', '--order', '902-1', '--buyer', 'a@b.c'], 2, '--order or --buyer'],
      [['erase', '--buyer', 'nobody'], 2, 'e-mail address'],
      [['erase', '--buyer', '-'], 2, 'standard input'],
      [['erase', '--order', '902-1', '--account', 'acme'], 5, 'no account "acme"'],
      [['audit', '--action', 'stolen'], 2, 'fetched, read, exported, erased, expired'],
      [['audit', '--since', 'ever'], 2, '--since'],
    ] as const) {
      const refused = await fluxori.run('privacy', ...args);
      expect([args, refused.code, refused.stderr]).toEqual([args, code, expect.stringContaining(text)]);
      expect(refused.stderr).toContain('What to do');
    }
    expect((await fluxori.run('privacy', 'erase', '--order', '902-1')).stdout).toContain('Nothing was here');
    expect((await fluxori.run('privacy', 'sweep')).stdout).toContain('Nothing is past its time.');
    expect((await fluxori.run('privacy', 'audit')).stdout).toMatch(/erased .*902-1/);
    const refused = await fluxori.run('orders', 'import', '--recipient');
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('FLUXORI_SEAL_KEY')]);
  });
});

/** All that lies in the records and key values of a backend. */
async function everythingIn(url: string): Promise<string> {
  await using backend = await openBackend(url);
  const keys = await backend.keyValues.keys('');
  const values = await Promise.all(keys.map((key) => backend.keyValues.get(key)));
  return JSON.stringify([keys, values, await backend.records.list('order', { limit: 1_000 })]);
}
