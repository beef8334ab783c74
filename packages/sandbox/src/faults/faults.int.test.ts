import { globalAgent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.js';
import { startSandbox } from '../start-sandbox.js';
import { Wire } from '../testing/wire.js';
import type { Fault } from './fault.js';

const search = '/orders/2026-01-01/orders';
const since = { lastUpdatedAfter: '2020-01-01T00:00:00Z' };

describe('Faults', () => {
  let sandbox: Sandbox;
  let wire: Wire;

  beforeEach(async () => {
    sandbox = await startSandbox({ orders: 60, skus: 10, rateLimits: false });
    wire = new Wire(sandbox);
    await wire.token();
  });
  afterEach(() => sandbox.close());

  const get = () => wire.get(search, since);
  const fails = (): Promise<string> =>
    get().then(
      (answer) => `answered ${answer.status}`,
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
  /** Until the client has noticed that its kept connections to a host are gone. */
  const noticed = async (host: 'eu' | 'lwa' = 'eu'): Promise<void> => {
    const { host: place } = new URL(sandbox.endpoints[host]);
    while (Object.keys(globalAgent.freeSockets).some((name) => name.startsWith(`${place}:`))) await wait(5);
  };
  const counts = () => sandbox.counters().operations['orders.searchOrders'];
  async function elapsed(work: () => Promise<unknown>): Promise<number> {
    const started = performance.now();
    await work();
    return performance.now() - started;
  }

  it('delay the answer', async () => {
    await sandbox.faults.set({ kind: 'latency', ms: 80, jitterMs: 40, count: 1 });
    expect(await elapsed(get)).toBeGreaterThanOrEqual(78);
    expect(sandbox.faults.list()).toEqual([]);
  });

  it('send it slowly, and whole', async () => {
    const { text } = await get();
    await sandbox.faults.set({ kind: 'bandwidth', bytesPerSecond: text.length * 4 });
    let slow = '';
    expect(
      await elapsed(async () => {
        slow = (await get()).text;
      }),
    ).toBeGreaterThan(180);
    expect(slow).toBe(
      text.replace(/"lastUpdatedBefore":"[^"]*"/, () => /"lastUpdatedBefore":"[^"]*"/.exec(slow)?.[0] ?? ''),
    );
  });

  it('cut the connection before the far side acts', async () => {
    await sandbox.faults.set({ kind: 'drop', when: 'before', count: 1 });
    expect(await fails()).toBe('ECONNRESET');
    expect(counts()).toMatchObject({ requests: 1, served: 0, cut: 1 });
    expect((await get()).status).toBe(200);
  });

  it('cut it after the far side has acted', async () => {
    const { sellerId } = sandbox.credentials;
    const path = `/listings/2021-08-01/items/${sellerId}/TEA-00000`;
    const query = { marketplaceIds: 'AE08WJ6YKNBMC' };
    const body = {
      productType: 'TEA',
      patches: [{ op: 'replace', path: '/attributes/item_name', value: [{ value: 'Changed' }] }],
    };
    await sandbox.faults.set({ kind: 'drop', when: 'after', operation: 'listingsItems.patch*' });
    await expect(wire.call({ method: 'PATCH', path, query, body })).rejects.toThrow();
    expect((await wire.get(path, query)).json.summaries[0].itemName).toBe('Changed');
    expect(sandbox.counters().operations['listingsItems.patchListingsItem']).toMatchObject({
      served: 1,
      cut: 1,
    });
  });

  it('reset it in the middle of the body', async () => {
    await sandbox.faults.set({ kind: 'reset-mid-body', afterBytes: 100, count: 1 });
    expect(await fails()).toBe('ECONNRESET');
    expect(counts()).toMatchObject({ served: 1, cut: 1 });
  });

  it.each([
    [{ kind: 'error', status: 503 }, 503, 'application/json'],
    [{ kind: 'error', status: 500, html: true }, 500, 'text/html'],
    [{ kind: 'error', status: 504, when: 'after' }, 504, 'application/json'],
  ] as const)('answer %j', async (fault, status, contentType) => {
    await sandbox.faults.set(fault);
    const answer = await get();
    expect([answer.status, answer.headers['content-type']]).toEqual([status, contentType]);
    expect(answer.headers['x-amzn-requestid']).toBeDefined();
    expect(answer.headers).not.toHaveProperty('x-amzn-ratelimit-limit');
    expect(sandbox.counters()).toMatchObject({ failed: 1, served: 0 });
  });

  it('meet only what they are meant for, after what they let pass, as often as they should', async () => {
    await sandbox.faults.set({
      kind: 'error',
      status: 500,
      operation: ['orders.*', 'sellers.getAccounts*'],
      skip: 1,
      count: 2,
      region: 'eu',
      sellerId: sandbox.credentials.sellerId,
    });
    expect((await wire.get('/sellers/v1/account')).status).toBe(200);
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await get()).status);
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
    expect(sandbox.faults.list()).toEqual([]);
  });

  it('hit with a probability that the seed decides', async () => {
    const run = async () => {
      await using other = await startSandbox({
        orders: 5,
        skus: 5,
        rateLimits: false,
        faults: [{ kind: 'error', status: 500, probability: 0.5 }],
      });
      const caller = new Wire(other);
      const statuses = [];
      for (let i = 0; i < 40; i++) statuses.push((await caller.get(search, since)).status);
      return statuses;
    };
    const statuses = await run();
    expect(statuses.filter((status) => status === 500).length).toBeGreaterThan(8);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(8);
    expect(await run()).toEqual(statuses);
  });

  it('end after their time, and when they are cleared', async () => {
    let now = 0;
    await using timed = await startSandbox({
      ...{ orders: 5, skus: 5, rateLimits: false, monotonicNow: () => now },
    });
    const caller = new Wire(timed);
    const status = async () => (await caller.get(search, since)).status;
    await timed.faults.set({ kind: 'error', status: 500, durationMs: 60 });
    now = 59;
    expect(await status()).toBe(500);
    now = 60;
    expect(await status()).toBe(200);
    const id = await timed.faults.set({ kind: 'error', status: 500 });
    expect(timed.faults.list()).toMatchObject([{ id, fault: { kind: 'error' }, hits: 0 }]);
    await timed.faults.clear(id);
    expect(await status()).toBe(200);
  });

  it('expire and revoke access tokens, and the next ones are good', async () => {
    await sandbox.faults.set({ kind: 'expire-tokens' });
    expect((await get()).json.errors[0].details).toMatch(/expired/);
    const second = new Wire(sandbox);
    expect((await second.get(search, since)).status).toBe(200);
    await sandbox.faults.set({ kind: 'revoke-tokens' });
    expect((await second.get(search, since)).json.errors[0].details).toMatch(/revoked/);
    expect((await new Wire(sandbox).get(search, since)).status).toBe(200);
  });

  it("take a seller's consent back for good", async () => {
    await sandbox.faults.set({ kind: 'revoke-consent', sellerId: sandbox.credentials.sellerId });
    expect((await get()).status).toBe(403);
    const answer = await wire.refresh();
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_grant']);
  });

  it('throttle without reason, and hide the rate', async () => {
    await sandbox.faults.set({ kind: 'throttle', count: 1 });
    expect((await get()).status).toBe(429);
    await sandbox.faults.set({ kind: 'hide-rate', count: 1 });
    expect((await get()).headers).not.toHaveProperty('x-amzn-ratelimit-limit');
    expect((await get()).headers).toHaveProperty('x-amzn-ratelimit-limit');
  });

  it("let another program use up a seller's quota", async () => {
    await using limited = await startSandbox({ orders: 5, skus: 5 });
    const caller = new Wire(limited);
    await limited.faults.set({ kind: 'foreign-use', drain: 0.9, operation: 'orders.searchOrders' });
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await caller.get(search, since)).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    expect(
      limited.buckets().find((bucket) => bucket.operation === 'orders.searchOrders')?.tokens,
    ).toBeLessThan(1);
    await limited.faults.set({ kind: 'foreign-use', share: 0.5, durationMs: 600_000 });
    expect(limited.faults.list()).toMatchObject([{ fault: { kind: 'foreign-use', share: 0.5 } }]);
    limited.refillBuckets();
    expect((await caller.get(search, since)).status).toBe(200);
  });

  it('cost no quota when the request is lost on its way, and some when the answer is', async () => {
    await using limited = await startSandbox({
      orders: 5,
      skus: 5,
      plans: { 'orders.searchOrders': { rate: 0.001, burst: 2 } },
    });
    const caller = new Wire(limited);
    await caller.token();
    await limited.faults.set({ kind: 'drop', when: 'before', count: 3 });
    for (let i = 0; i < 3; i++) await expect(caller.get(search, since)).rejects.toThrow();
    await limited.faults.set({ kind: 'drop', when: 'after', count: 1 });
    await expect(caller.get(search, since)).rejects.toThrow();
    expect([(await caller.get(search, since)).status, (await caller.get(search, since)).status]).toEqual([
      200, 429,
    ]);
    // Acted on twice: the answer that was lost, and the one that came.
    expect(limited.counters().repeatedPages).toMatchObject([{ operation: 'orders.searchOrders', served: 2 }]);
  });

  it('leave probes alone unless they are meant', async () => {
    const probe = () =>
      wire.call({ method: 'HEAD', path: '/', token: null }).then(
        ({ status }) => status,
        () => 'cut',
      );
    await sandbox.faults.set({ kind: 'drop', when: 'before' });
    expect(await probe()).toBe(403);
    await sandbox.faults.set({ kind: 'drop', when: 'before', operation: 'probe' });
    expect(await probe()).toBe('cut');
  });

  it.each(['refuse', 'destroy'] as const)(
    'make the hosts unreachable (%s), and reachable at the same place',
    async (mode) => {
      expect((await get()).status).toBe(200);
      const id = await sandbox.faults.set({ kind: 'outage', mode });
      await noticed();
      expect(await fails()).toBe(mode === 'refuse' ? 'ECONNREFUSED' : 'ECONNRESET');
      await expect(wire.refresh()).rejects.toThrow();
      expect(sandbox.counters().requests).toBe(1);
      expect((await wire.admin('GET', '/faults')).json).toMatchObject([{ id }]);
      await sandbox.faults.clear();
      expect((await get()).status).toBe(200);
    },
  );

  it('take a host away and bring it back also where it is given by a name', async () => {
    await using named = await startSandbox({ orders: 1, skus: 1, rateLimits: false, host: '127.1' });
    const caller = new Wire(named);
    const id = await named.faults.set({ kind: 'outage', hosts: ['lwa'] });
    await expect(caller.refresh()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await named.faults.clear(id);
    expect((await caller.refresh()).status).toBe(200);
  });

  it('cut what is under way when an outage begins, and end by themselves', async () => {
    await sandbox.faults.set({ kind: 'latency', ms: 600_000, count: 1 });
    const under = fails();
    // A fault that hits once is gone with the request that it holds up.
    while (sandbox.faults.list().length > 0) await wait(5);
    await sandbox.faults.set({ kind: 'outage', durationMs: 150 });
    expect(await under).toBe('ECONNRESET');
    while ((await fails()) !== 'answered 200') await wait(5);
    expect(sandbox.faults.list()).toEqual([]);
  });

  it('keep a host down until the last of two outages is over', async () => {
    const first = await sandbox.faults.set({ kind: 'outage', hosts: ['eu'] });
    const second = await sandbox.faults.set({ kind: 'outage', hosts: ['eu', 'lwa'] });
    await sandbox.faults.clear(first);
    await noticed();
    expect(await fails()).toBe('ECONNREFUSED');
    await sandbox.faults.clear(second);
    expect((await get()).status).toBe(200);
  });

  it('take LWA alone: calls with a token go on', async () => {
    await sandbox.faults.set({ kind: 'outage', hosts: ['lwa'] });
    await noticed('lwa');
    await expect(wire.refresh()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect((await get()).status).toBe(200);
    await sandbox.faults.clear();
    await sandbox.faults.set({ kind: 'error', status: 503, operation: 'lwa.token' });
    const answer = await wire.refresh();
    expect([answer.status, answer.json.error]).toEqual([503, 'temporarily_unavailable']);
    expect((await get()).status).toBe(200);
  });

  it.each([
    [{ kind: 'meteor' }, /kind/],
    [{ kind: 'latency' }, /ms/],
    [{ kind: 'error', status: 404 }, /status/],
    [{ kind: 'foreign-use' }, /drain or share/],
    [{ kind: 'drop', when: 'before', colour: 1 }, /colour/],
    [{ kind: 'latency', ms: 1, operation: 'orders.serchOrders' }, /serchOrders/],
  ])('that do not exist are refused: %j', async (fault, problem) => {
    await expect(sandbox.faults.set(fault as Fault)).rejects.toThrow(problem);
  });
});
