import { promised, Stopwatch } from '@fluxori/test-services';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { until } from '../../testing/until.js';

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
    const circuits = async () => {
      const { parts = {} } = await connector.health();
      return Object.entries(parts).filter(([name]) => name.startsWith('circuit'));
    };
    // Each call is over soon, however often it has tried by then. Half-open, while it is being probed.
    await until(async () => {
      const failing = connector.api('sellers').getAccount({}, { deadlineMs: 300 });
      await expect(failing).rejects.toMatchObject({ retryable: true });
      return (await circuits()).some(([, { details }]) => String(details?.state).includes('open'));
    }, 'an open circuit');
    expect((await connector.health()).status).toBe('down');

    const recovered = new Promise<string>((resolve) => connector.onRecovered(resolve));
    const watch = new Stopwatch();
    await sandbox.faults.clear(outage);
    expect(new URL(sandbox.endpoints.eu).host).toContain((await recovered).replace(/^https?:\/\//, ''));
    await expect(connector.api('sellers').getAccount()).resolves.toBeDefined();
    expect(watch.stop()).toBeLessThan(promised(2_000));
    expect((await connector.health()).status).toBe('up');
  });

  it('tells what ends soon without being down, and an expired client secret with the way out', async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000 + 60_000);
    open = await connectToSandbox({
      config: { ...noWaiting.connector, clientSecretExpiresAt: inDays(3), authorizedAt: inDays(100 - 365) },
      sandbox: { ...noWaiting.sandbox, orders: 1, skus: 1 },
    });
    const { connector, sandbox } = open;
    await connector.api('sellers').getAccount();
    const health = await connector.health();
    expect(health.status).toBe('degraded');
    expect(health.parts).toMatchObject({
      token: { status: 'up' },
      clientSecret: { status: 'degraded', details: { stage: 'urgent', daysLeft: 3 } },
      authorisation: { status: 'up', details: { daysLeft: 100 } },
    });

    const renewed = await sandbox.faults.set({ kind: 'expire-client-secret' });
    await expect(connector.api('sellers').getAccount()).rejects.toMatchObject({
      code: 'AUTH_CLIENT_SECRET_EXPIRED',
    });
    expect((await connector.health()).parts?.token).toMatchObject({
      status: 'down',
      details: { remedy: expect.stringContaining('Rotate the client secret') },
    });
    await sandbox.faults.clear(renewed);
    await connector.api('sellers').getAccount();
    expect((await connector.health()).parts?.token?.status).toBe('up');
  });

  it('shows a revoked authorisation with the way out, also in a process that did not meet it', async () => {
    open = await connectToSandbox({
      config: noWaiting.connector,
      sandbox: { ...noWaiting.sandbox, orders: 1, skus: 1 },
    });
    const { connector, sandbox } = open;
    const { sellerId } = sandbox.credentials;
    await sandbox.faults.set({ kind: 'revoke-consent', sellerId });
    await expect(connector.api('sellers').getAccount()).rejects.toMatchObject({ code: 'AUTH_REVOKED' });
    for (const one of [connector, open.connect()]) {
      expect((await one.health()).parts?.token).toMatchObject({
        status: 'down',
        details: {
          lastError: { code: 'AUTH_REVOKED' },
          remedy: expect.stringContaining('fluxori accounts add acme-za'),
        },
      });
    }
    const renewed = open.connect({ refreshToken: 'Atzr|of-the-new-authorisation' });
    expect((await renewed.health()).parts?.token?.status).toBe('up');
    expect(sandbox.counters().tokenCalls).toBe(1);
  });
});
