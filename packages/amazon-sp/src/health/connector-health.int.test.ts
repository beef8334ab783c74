import { afterEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';

let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

describe('health', () => {
  it('tells token, circuits, backend and limits, and spends no call on it', async () => {
    open = await connectToSandbox({
      config: noWaiting.connector,
      sandbox: { ...noWaiting.sandbox, orders: 1, skus: 1 },
    });
    const { connector, sandbox } = open;
    await connector.api('sellers').getAccount();
    const before = sandbox.counters().requests;
    const health = await connector.health();
    expect(health).toMatchObject({
      status: 'up',
      details: { account: 'acme-za', state: 'connected', region: 'eu', marketplaces: ['ZA'] },
      parts: {
        token: { status: 'up', details: { expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) } },
        backend: { status: 'up' },
        limits: { status: 'up', details: { buckets: 1, inFlight: 0 } },
      },
    });
    expect(Object.keys(health.parts ?? {}).filter((name) => name.startsWith('circuit'))).toHaveLength(2);
    expect(sandbox.counters().requests).toBe(before);
    await connector.close();
    expect(await connector.health()).toMatchObject({ status: 'down', details: { state: 'closed' } });
  });

  it('shows the open circuit while Amazon is away, and calls go on within two seconds of its return', async () => {
    open = await connectToSandbox({
      config: noWaiting.connector,
      sandbox: { ...noWaiting.sandbox, orders: 1, skus: 1 },
    });
    const { connector, sandbox } = open;
    await connector.api('sellers').getAccount();
    const outage = await sandbox.faults.set({ kind: 'outage', hosts: ['eu'] });
    for (let i = 0; i < 6; i++) {
      await expect(connector.api('sellers').getAccount({}, { deadlineMs: 300 })).rejects.toMatchObject({
        retryable: true,
      });
    }
    const away = await connector.health();
    expect(away.status).toBe('down');
    const circuits = Object.entries(away.parts ?? {}).filter(([name]) => name.startsWith('circuit'));
    expect(circuits.map(([, { details }]) => details?.state)).toContain('open');

    const recovered = new Promise<string>((resolve) => connector.onRecovered(resolve));
    const backAt = performance.now();
    await sandbox.faults.clear(outage);
    expect(new URL(sandbox.endpoints.eu).host).toContain((await recovered).replace(/^https?:\/\//, ''));
    await expect(connector.api('sellers').getAccount()).resolves.toBeDefined();
    expect(performance.now() - backAt).toBeLessThan(2_000);
    expect((await connector.health()).status).toBe('up');
  });
});
