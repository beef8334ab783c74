import { inspect } from 'node:util';
import { isFluxoriError, type Logger } from '@fluxori/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../testing/connect-to-sandbox.js';
import { runJob } from '../testing/run-job.js';
import { ordersConfirmShipment } from './jobs/orders-confirm-shipment.js';
import { ordersImport } from './jobs/orders-import.js';

let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

/** Everything that is said, in every form in which it could be printed. */
function listener() {
  const said: string[] = [];
  const hear = (...things: unknown[]) => {
    for (const thing of things) {
      said.push(inspect(thing, { depth: 10, showHidden: true }), JSON.stringify(thing) ?? '', String(thing));
    }
  };
  const logger: Logger = {
    debug: hear,
    info: hear,
    warn: hear,
    error: hear,
    child: (fields) => {
      hear(fields);
      return logger;
    },
  };
  return { logger, hear, text: () => said.join('\n'), lines: () => said.length };
}

describe('what is said', () => {
  it('holds no token, no secret and no buyer’s data, whatever goes wrong', async () => {
    const { logger, hear, text, lines } = listener();
    open = await connectToSandbox({
      config: noWaiting.connector,
      sandbox: { ...noWaiting.sandbox, orders: 30, skus: 10, settleMs: 0 },
      logger,
    });
    const { connector, sandbox, backend } = open;
    const attempt = (work: Promise<unknown>) => work.catch(hear);
    const personal = sandbox.personalData();
    const someone = personal.find(({ values }) => values.length > 0);
    const orderId = someone?.orderId as string;
    const v0 = connector.api('orders', 'v0');

    await attempt(v0.getOrderAddress({ orderId }).then(() => undefined));
    await attempt(v0.getOrderAddress({ orderId: '902-0000000-0000000' }));
    await attempt(connector.api('orders').searchOrders({ lastUpdatedAfter: 'yesterday' }));
    await attempt(
      connector
        .api('orders')
        .searchOrders({ paginationToken: 'forged', lastUpdatedAfter: '2020-01-01T00:00:00Z' }),
    );
    await attempt(
      connector.call(
        { api: 'fulfillmentOutbound', operationId: 'createFulfillmentOrder', version: '2020-07-01' },
        { body: { destinationAddress: { name: someone?.values[0] } } },
      ),
    );
    const job = { connector: async () => connector, shipmentShowsAfterMs: 0 };
    await attempt(
      runJob(ordersImport(job), {
        backend,
        payload: { since: '2020-01-01T00:00:00Z', includeRecipient: true, includeBuyer: true },
      }),
    );
    await attempt(
      runJob(ordersConfirmShipment(job), {
        backend,
        payload: {
          orderId,
          packageId: '1',
          carrier: 'Other: Bob Go',
          trackingNumber: 'T1',
          shippedAt: new Date().toISOString(),
          items: [{ orderItemId: 'none', quantity: 1 }],
        },
      }),
    );
    await sandbox.faults.set({ kind: 'error', status: 500, count: 3 });
    await attempt(v0.getOrderBuyerInfo({ orderId }));
    await sandbox.faults.set({ kind: 'drop', when: 'after', count: 1 });
    await attempt(v0.confirmShipment({ orderId, body: { name: someone?.values[0] } as never }));
    await sandbox.faults.set({ kind: 'expire-tokens' });
    await attempt(connector.api('sellers').getAccount());
    await sandbox.faults.set({ kind: 'revoke-tokens' });
    await attempt(connector.api('sellers').getAccount());
    await sandbox.faults.set({ kind: 'revoke-consent', sellerId: sandbox.credentials.sellerId });
    await attempt(open.connect({ accountId: 'other' }).api('sellers').getAccount());
    await attempt(
      open.connect({ clientSecret: 'amzn1.oa2-cs.v1.wrong' }).api('notifications').getDestinations(),
    );
    hear(connector.config, await connector.health(), await connector.limits(), connector);

    expect(lines()).toBeGreaterThan(30);
    // Who asked for personal data is told, what it is not.
    expect(text()).toMatch(/audit: 'personal-data'[\s\S]*getOrderAddress/);
    expect(text()).toMatch(/"personal":\["RECIPIENT","BUYER"\]/);
    const { clientSecret, refreshToken } = sandbox.credentials;
    const output = text();
    expect(output).not.toContain(clientSecret);
    expect(output).not.toContain(refreshToken);
    expect(output).not.toContain('amzn1.oa2-cs.v1.wrong');
    expect(output.match(/Atz[a-z.]*\|[^\s'"]+/g)).toBeNull();
    const told = personal
      .flatMap(({ values }) => values)
      .filter((value) => value.length > 3 && output.includes(value));
    expect([...new Set(told)]).toEqual([]);
  });

  it('is made of our errors only, each with its operation and a remedy', async () => {
    open = await connectToSandbox({
      config: noWaiting.connector,
      sandbox: { ...noWaiting.sandbox, orders: 3, skus: 3 },
    });
    const { connector, sandbox } = open;
    for (const status of [500, 502, 503, 504] as const) {
      await sandbox.faults.clear();
      // An answer in between, so that the circuit does not open.
      await connector.api('sellers').getAccount();
      await sandbox.faults.set({
        kind: 'error',
        status,
        html: status === 502,
        operation: '*confirmShipment*',
      });
      const error = await connector
        .api('orders', 'v0')
        .confirmShipment({ orderId: '902-1234567-1234567', body: {} as never }, { unchecked: true })
        .catch((one: unknown) => one);
      expect(isFluxoriError(error)).toBe(true);
      expect(error).toMatchObject({
        name: 'RemoteError',
        status,
        operation: 'orders@v0.confirmShipment',
        attempts: 1,
        remedy: expect.stringContaining('look before sending it again'),
        details: { outcome: 'unknown' },
      });
    }
  });
});
