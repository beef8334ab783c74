import { isErrorOf } from '@fluxori/core';
import { promised, Stopwatch } from '@fluxori/test-services';
import { afterEach, describe, expect, it } from '@jest/globals';
import { allEnded } from '../../testing/all-ended.js';
import {
  connectToSandbox,
  type Sandboxed,
  type TestBackend,
  testBackends,
} from '../../testing/connect-to-sandbox.js';
import { until } from '../../testing/until.js';

let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

const plan = { ratePerSecond: 2, burst: 5 };
/** After the burst nobody's turn comes within a test, whatever the machine. */
const neverAgain = 0.001;

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
  const wantedMs = watch.stop();
  const tookMs = performance.now() - startedAt;
  expect(answers).toHaveLength(60);
  const { requests, served, throttled, tokenCalls } = sandbox.counters();
  expect({ requests, served, throttled, tokenCalls }).toEqual({
    requests: 60,
    served: 60,
    throttled: 0,
    tokenCalls: 1,
  });
  const fastestMs = ((60 - 5) / 2) * 1_000;
  expect(tookMs).toBeGreaterThan(fastestMs * 0.98);
  expect(wantedMs - fastestMs).toBeLessThan(promised(fastestMs * 0.05));
}

/** Five calls, which is all that there is. */
async function useUp({ connector, sandbox }: Sandboxed): Promise<string> {
  const [orderId = ''] = sandbox.orderIds();
  await Promise.all([...Array(5)].map(() => connector.api('orders').getOrder({ orderId })));
  return orderId;
}

describe('with true limits', () => {
  // On all backends at the same time: it takes half a minute, whatever the machine.
  it(`60 calls at once to an operation of 2 a second and burst 5 are all served, none throttled, as fast as can be, on ${testBackends.join(', ')}`, async () => {
    await allEnded(testBackends.map(serveSixtyAtOnce));
  });

  it.each(testBackends)(
    'a call that is aborted while it waits settles within 50 ms and sends nothing, on %s',
    async (backend) => {
      const here = await start(backend, neverAgain);
      const { connector, sandbox } = here;
      const orderId = await useUp(here);
      const stop = new AbortController();
      const reason = new Error('the caller left');
      const calls = [...Array(10)].map(() =>
        connector
          .api('orders')
          .getOrder({ orderId }, { signal: stop.signal })
          .then(
            () => 'served',
            (error: unknown) => error,
          ),
      );
      const waiting = async () => (await connector.limits()).reduce((sum, limit) => sum + limit.waiting, 0);
      await until(async () => (await waiting()) === 10, 'a line of ten');
      const watch = new Stopwatch();
      stop.abort(reason);
      expect(await Promise.all(calls)).toEqual(Array(10).fill(reason));
      expect(watch.stop()).toBeLessThan(promised(50));
      // Nobody is left in the line who could send.
      await until(
        async () => (await connector.limits()).every(({ waiting, inFlight }) => waiting + inFlight === 0),
        'an empty line',
      );
      expect(sandbox.counters().requests).toBe(5);
    },
  );

  it('a call that would wait longer than it may says at once when to come back, and the state of the limit', async () => {
    const here = await start('memory', neverAgain);
    const { connector, sandbox } = here;
    const orderId = await useUp(here);
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
