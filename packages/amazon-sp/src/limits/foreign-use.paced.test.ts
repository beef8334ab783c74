import { setTimeout as sleep } from 'node:timers/promises';
import { clockIsHeld, Stopwatch } from '@fluxori/test-services';
import { expect, it } from '@jest/globals';
import { connectToSandbox } from '../../testing/connect-to-sandbox.js';
import { until } from '../../testing/until.js';

/** So fast that a minute at 5 a second, 300 tokens, takes three seconds. */
const plan = { rate: 100, burst: 40 };
const seconds = (tokens: number) => (tokens / plan.rate) * 1_000;
/** Of the other program. A machine that others use up calls so seldom that half of the rate would do: there it is left a tenth. */
const theirs = clockIsHeld ? 0.5 : 0.9;

it('beside another program that uses up half of the budget we settle to what is left, refused under 2 %, and take the rate back', async () => {
  await using here = await connectToSandbox({
    config: { limits: { 'orders.getOrder': { ratePerSecond: plan.rate, burst: plan.burst } } },
    sandbox: { orders: 5, skus: 5, settleMs: 0, plans: { 'orders.getOrder': plan } },
  });
  const { connector, sandbox } = here;
  const [orderId = ''] = sandbox.orderIds();
  const stop = new AbortController();
  const failures: unknown[] = [];
  const caller = async () => {
    while (!stop.signal.aborted) {
      await connector
        .api('orders')
        .getOrder({ orderId }, { signal: stop.signal })
        .catch((error: unknown) => stop.signal.aborted || failures.push(error));
    }
  };
  const callers = Promise.all(Array.from({ length: 30 }, caller));
  // Also when an assertion fails: they would call a closed connector for ever, and keep Jest alive.
  await using _calling = {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await callers;
    },
  };
  const share = async () =>
    (await connector.limits()).find(({ label }) => label.startsWith('orders'))?.yielding?.share;
  const meanwhile = async (tokens: number) => {
    const before = sandbox.counters();
    // While the process was held up, the bucket ran over.
    const watch = new Stopwatch();
    const shares: (number | undefined)[] = [];
    for (let part = 0; part < 10; part++) {
      await sleep(seconds(tokens / 10));
      shares.push(await share());
    }
    const tokensPassed = (watch.stop() / 1_000) * plan.rate;
    const after = sandbox.counters();
    return {
      leastShare: Math.min(...shares.map((one) => one ?? 1)),
      served: (after.served - before.served) / tokensPassed,
      throttled: after.throttled - before.throttled,
      requests: after.requests - before.requests,
    };
  };

  expect(await meanwhile(200)).toMatchObject({ throttled: 0 });
  expect(await share()).toBeUndefined();

  const fault = await sandbox.faults.set({
    kind: 'foreign-use',
    share: theirs,
    operation: 'orders.getOrder',
  });
  if (clockIsHeld) {
    await sleep(seconds(300));
    const beside = await meanwhile(500);
    expect(beside.throttled / beside.requests).toBeLessThan(0.02);
    expect(beside.served).toBeGreaterThan(0.4);
    expect(beside.leastShare).toBeLessThan(0.75);
  } else {
    await until(async () => ((await share()) ?? 1) < 0.75, 'a smaller share');
    await sleep(seconds(200));
    const beside = await meanwhile(200);
    expect(beside.served).toBeGreaterThan(0);
    expect(beside.throttled / beside.requests).toBeLessThan(0.5);
  }

  await sandbox.faults.clear(fault);
  await sleep(seconds(450));
  if (!clockIsHeld) await until(async () => (await share()) === undefined, 'the whole rate');
  const alone = await meanwhile(150);
  expect(alone.throttled).toBe(0);
  if (clockIsHeld) expect(alone.served).toBeGreaterThan(0.85);
  expect(await share()).toBeUndefined();

  stop.abort();
  await callers;
  expect(failures).toEqual([]);
});
