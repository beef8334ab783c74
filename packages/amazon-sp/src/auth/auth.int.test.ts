import { afterEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';

let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

async function start(): Promise<Sandboxed> {
  open = await connectToSandbox({
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, orders: 20, skus: 10, settleMs: 0 },
  });
  return open;
}

const search = ({ connector }: Sandboxed) =>
  connector.api('orders').searchOrders({ lastUpdatedAfter: '2020-01-01T00:00:00Z' });

describe('tokens', () => {
  it('are fetched once for many calls at once, and shared by connectors with one backend', async () => {
    const here = await start();
    const other = here.connect();
    await Promise.all([...Array(20)].flatMap(() => [search(here), other.api('sellers').getAccount()]));
    expect(here.sandbox.counters()).toMatchObject({ tokenCalls: 1, requests: 40, throttled: 0 });
  });

  it('are renewed once when Amazon says that they have expired, and the call is repeated', async () => {
    const here = await start();
    await search(here);
    await here.sandbox.faults.set({ kind: 'expire-tokens' });
    expect((await search(here)).orders.length).toBeGreaterThan(0);
    const { tokenCalls, statuses } = here.sandbox.counters();
    expect({ tokenCalls, statuses }).toEqual({ tokenCalls: 2, statuses: { 200: 2, 403: 1 } });
  });

  it('are not renewed for any other refusal: revoked ones are an AuthenticationError with its remedy', async () => {
    const here = await start();
    await search(here);
    await here.sandbox.faults.set({ kind: 'revoke-tokens' });
    await expect(search(here)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_REVOKED',
      account: 'acme-za',
      remedy: expect.stringContaining('authorise the application again'),
      requestId: expect.any(String),
    });
    expect(here.sandbox.counters()).toMatchObject({ tokenCalls: 1, requests: 2 });
    expect((await here.connector.health()).parts?.token).toMatchObject({
      status: 'down',
      details: { expiresAt: expect.any(String), lastError: { code: 'AUTH_REVOKED' } },
    });
  });

  it('are not asked for again and again after the seller took his consent back, and health tells', async () => {
    const here = await start();
    await here.sandbox.faults.set({ kind: 'revoke-consent', sellerId: here.sandbox.credentials.sellerId });
    for (let i = 0; i < 5; i++) {
      await expect(search(here)).rejects.toMatchObject({ name: 'AuthenticationError', code: 'AUTH_REVOKED' });
    }
    expect(here.sandbox.counters()).toMatchObject({ tokenCalls: 1, requests: 0 });
    const { status, parts } = await here.connector.health();
    expect(status).toBe('down');
    expect(parts?.token).toMatchObject({ status: 'down', details: { lastError: { code: 'AUTH_REVOKED' } } });
  });

  it('say that the secret is wrong when it is', async () => {
    const here = await start();
    const wrong = here.connect({ clientSecret: 'amzn1.oa2-cs.v1.not-the-secret' });
    await expect(wrong.api('sellers').getAccount()).rejects.toMatchObject({ code: 'AUTH_CLIENT_INVALID' });
    expect(here.sandbox.counters().requests).toBe(0);
  });
});

describe('grantless operations', () => {
  it('use the application’s token of their scope, one for each', async () => {
    const here = await start();
    await here.connector.api('notifications').getDestinations();
    await here.connector.api('notifications').getDestinations();
    await here.connector.api('applicationManagement').rotateApplicationClientSecret();
    const { tokenCalls, distinct } = here.sandbox.counters();
    expect(tokenCalls).toBe(2);
    expect(distinct.map(({ auth }) => auth)).toEqual(['grantless', 'grantless']);
  });

  it('leave the seller’s token to operations that need the seller', async () => {
    const here = await start();
    await here.connector
      .api('notifications')
      .getSubscription({ notificationType: 'ORDER_CHANGE' })
      .catch(() => undefined);
    expect(here.sandbox.counters().distinct.map(({ auth }) => auth)).toEqual(['seller']);
  });
});

describe('restricted data tokens', () => {
  const rdtCalls = (here: Sandboxed) =>
    here.sandbox.counters().operations['tokens.createRestrictedDataToken']?.requests ?? 0;

  it('are asked for, kept for all orders and used, without the caller asking', async () => {
    const here = await start();
    const v0 = here.connector.api('orders', 'v0');
    for (const orderId of here.sandbox.orderIds().slice(0, 4)) await v0.getOrderAddress({ orderId });
    expect(rdtCalls(here)).toBe(1);
    const used = here.sandbox
      .counters()
      .distinct.filter(({ operation }) => operation.includes('getOrderAddress'));
    expect(used.map(({ auth }) => auth)).toEqual(['rdt', 'rdt', 'rdt', 'rdt']);
  });

  it('are asked for once by many calls at once', async () => {
    const here = await start();
    const v0 = here.connector.api('orders', 'v0');
    await Promise.all(
      here.sandbox
        .orderIds()
        .slice(0, 10)
        .map((orderId) => v0.getOrderBuyerInfo({ orderId })),
    );
    expect(rdtCalls(here)).toBe(1);
  });

  it('are left out when the caller does without personal data', async () => {
    const here = await start();
    const [orderId = ''] = here.sandbox.orderIds();
    await here.connector.api('orders', 'v0').getOrder({ orderId }, { rdt: false });
    expect(rdtCalls(here)).toBe(0);
    expect(here.sandbox.counters().distinct.map(({ auth }) => auth)).toEqual(['seller']);
  });

  it('are kept apart by what they open', async () => {
    const here = await start();
    const [orderId = ''] = here.sandbox.orderIds();
    const v0 = here.connector.api('orders', 'v0');
    await v0.getOrder({ orderId });
    await v0.getOrder({ orderId }, { rdt: { dataElements: ['buyerInfo'] } });
    await v0.getOrder({ orderId }, { rdt: { dataElements: ['buyerInfo'] } });
    expect(rdtCalls(here)).toBe(2);
  });

  it('are renewed when Amazon says that they have expired', async () => {
    const here = await start();
    const [orderId = ''] = here.sandbox.orderIds();
    const v0 = here.connector.api('orders', 'v0');
    await v0.getOrderAddress({ orderId });
    await here.sandbox.faults.set({ kind: 'expire-tokens' });
    await expect(v0.getOrderAddress({ orderId })).resolves.toBeDefined();
    expect(rdtCalls(here)).toBeGreaterThanOrEqual(2);
  });

  it('are left to the caller for report documents', async () => {
    const here = await start();
    const reports = here.connector.api('reports');
    await reports.getReportDocument({ reportDocumentId: 'doc-1' }).catch(() => undefined);
    expect(rdtCalls(here)).toBe(0);
    await reports.getReportDocument({ reportDocumentId: 'doc-1' }, { rdt: true }).catch(() => undefined);
    expect(rdtCalls(here)).toBe(1);
  });
});
