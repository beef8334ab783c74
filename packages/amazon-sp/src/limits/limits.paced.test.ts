import { isErrorOf } from '@fluxori/core';
import { Stopwatch } from '@fluxori/test-services';
import { afterEach, describe, expect, it } from '@jest/globals';
import { allEnded } from '../../testing/all-ended.js';
import {
  connectToSandbox,
  type Sandboxed,
  type TestBackend,
  testBackends,
} from '../../testing/connect-to-sandbox.js';

let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

const plan = { ratePerSecond: 2, burst: 5 };

async function start(
  backend: TestBackend = 'memory',
  ratePerSecond = plan.ratePerSecond,
): Promise<Sandboxed> {
  open = await connect(backend, ratePerSecond);
  return open;
}

function connect(backend: TestBackend, ratePerSecond = plan.ratePerSecond): Promise<Sandboxed> {
  const { burst } = plan;
  return connectToSandbox({
    backend,
    config: { limits: { 'orders.getOrder': { ratePerSecond, burst } } },
    sandbox: {
      ...{ orders: 5, skus: 5, settleMs: 0 },
      plans: { 'orders.getOrder': { rate: ratePerSecond, burst } },
    },
  });
}

async function serveSixtyAtOnce(backend: TestBackend): Promise<void> {
  await using here = await connect(backend);
  const { connector, sandbox } = here;
  const [orderId = ''] = sandbox.orderIds();
  const startedAt = performance.now();
  const watch = new Stopwatch();
  const answers = await Promise.all([...Array(60)].map(() => connector.api('orders').getOrder({ orderId })));
  const wantedSeconds = watch.stop() / 1000;
  const seconds = (performance.now() - startedAt) / 1000;
  expect(answers).toHaveLength(60);
  const { requests, served, throttled, tokenCalls } = sandbox.counters();
  expect({ requests, served, throttled, tokenCalls }).toEqual({
    requests: 60,
    served: 60,
    throttled: 0,
    tokenCalls: 1,
  });
  const fastest = (60 - 5) / 2;
  expect(seconds).toBeGreaterThan(fastest * 0.98);
  expect(wantedSeconds).toBeLessThan(fastest * 1.05);
}

describe('with true limits', () => {
  // On all backends at the same time: it takes half a minute, whatever the machine.
  it(`60 calls at once to an operation of 2 a second and burst 5 are all served, none throttled, as fast as can be, on ${testBackends.join(', ')}`, async () => {
    await allEnded(testBackends.map(serveSixtyAtOnce));
  });

  it.each(testBackends)(
    'a call that is aborted while it waits settles within 50 ms and sends nothing, on %s',
    async (backend) => {
      // So slow that nobody's turn comes before the abort, whatever the machine.
      const { connector, sandbox } = await start(backend, 0.05);
      const [orderId = ''] = sandbox.orderIds();
      await Promise.all([...Array(5)].map(() => connector.api('orders').getOrder({ orderId })));
      const stop = new AbortController();
      const reason = new Error('the caller left');
      const waiting = [...Array(10)].map(() =>
        connector
          .api('orders')
          .getOrder({ orderId }, { signal: stop.signal })
          .then(
            () => 'served',
            (error: unknown) => error,
          ),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      const watch = new Stopwatch();
      stop.abort(reason);
      expect(await Promise.all(waiting)).toEqual(Array(10).fill(reason));
      expect(watch.stop()).toBeLessThan(50);
      // Nobody is left in the line who could send.
      const inLine = async () =>
        (await connector.limits()).reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0);
      for (let look = 0; look < 1_000 && (await inLine()) > 0; look++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      expect(await inLine()).toBe(0);
      expect(sandbox.counters().requests).toBe(5);
    },
  );

  it('a call that would wait longer than it may says at once when to come back, and the state of the limit', async () => {
    const { connector, sandbox } = await start();
    const [orderId = ''] = sandbox.orderIds();
    await Promise.all([...Array(5)].map(() => connector.api('orders').getOrder({ orderId })));
    const error = await connector
      .api('orders')
      .getOrder({ orderId }, { maxWaitMs: 0 })
      .catch((one: unknown) => one);
    expect(isErrorOf(error, 'RateLimitError')).toBe(true);
    expect(error).toMatchObject({
      code: 'RATE_LIMITED',
      operation: 'orders.getOrder',
      account: 'acme-za',
      retryAt: expect.any(Date),
    });
    expect(sandbox.counters().requests).toBe(5);
  });

  it('shows the limits that were used, and how far they are', async () => {
    const { connector, sandbox } = await start();
    const [orderId = ''] = sandbox.orderIds();
    await connector.api('orders').getOrder({ orderId });
    await connector
      .api('catalogItems')
      .searchCatalogItems({ keywords: ['mug'], marketplaceIds: ['AE08WJ6YKNBMC'] });
    const limits = await connector.limits();
    expect(limits.map(({ label, scope }) => `${scope} ${label}`).sort()).toEqual([
      'application catalogItems.searchCatalogItems@application',
      'seller catalogItems.searchCatalogItems@acme-za',
      'seller orders.getOrder@acme-za',
    ]);
    expect(limits.find(({ label }) => label.startsWith('orders'))).toMatchObject({
      burst: 5,
      ratePerSecond: 2,
    });
    expect(await connector.health()).toMatchObject({
      status: 'up',
      parts: { limits: { details: { buckets: 3 } } },
    });
  });
});
