import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '@fluxori/sandbox';
import { Stopwatch } from '@fluxori/test-services';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed, testBackends } from '../testing/connect-to-sandbox.js';

let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

const slow = (operation?: string): Fault => ({ kind: 'latency', ms: 3_000, ...(operation && { operation }) });

describe.each(testBackends)('a call that is aborted, on %s', (backend) => {
  it.each<[string, Fault[], (here: Sandboxed, signal: AbortSignal) => Promise<unknown>, number]>([
    [
      'while its token is fetched',
      [slow('lwa.token')],
      ({ connector }, signal) => connector.api('sellers').getAccount({}, { signal }),
      0,
    ],
    [
      'while its restricted data token is fetched',
      [slow('tokens.*')],
      ({ connector }, signal) =>
        connector.api('orders', 'v0').getOrderAddress({ orderId: '902-1234567-1234567' }, { signal }),
      1,
    ],
    [
      'while it is answered',
      [slow()],
      ({ connector }, signal) => connector.api('sellers').getAccount({}, { signal }),
      1,
    ],
    [
      'while it waits to be repeated',
      [{ kind: 'error', status: 503 }],
      ({ connector }, signal) => connector.api('sellers').getAccount({}, { signal }),
      1,
    ],
    [
      'in the middle of a list',
      [slow()],
      async ({ connector }, signal) => {
        for await (const order of connector.orders.list({ updatedSince: new Date('2020-01-01'), signal }))
          void order;
      },
      1,
    ],
  ])(
    '%s settles within 50 ms with the caller’s reason, and sends nothing more',
    async (_, faults, work, requests) => {
      open = await connectToSandbox({
        backend,
        config: noWaiting.connector,
        sandbox: { ...noWaiting.sandbox, orders: 3, skus: 3 },
        // The longest pauses that the jitter allows.
        random: () => 0.999,
      });
      for (const fault of faults) await open.sandbox.faults.set(fault);
      const stop = new AbortController();
      const reason = new Error('the caller left');
      const settled = work(open, stop.signal).then(
        () => 'served',
        (error: unknown) => error,
      );
      // The request that the fault holds up or refuses has arrived.
      const { sandbox } = open;
      const hits = () => sandbox.faults.list().reduce((sum, fault) => sum + fault.hits, 0);
      for (let look = 0; look < 1_000 && hits() === 0; look++) await pause(10);
      await pause(50);
      const hitsBefore = hits();
      const watch = new Stopwatch();
      stop.abort(reason);
      expect(await settled).toBe(reason);
      expect(watch.stop()).toBeLessThan(50);
      await pause(600);
      expect(hits()).toBe(hitsBefore);
      // Of a slow machine Amazon has heard more than once when the pauses between are over.
      expect(sandbox.counters().requests).toBeLessThanOrEqual(requests * hitsBefore);
      await sandbox.faults.clear();
    },
  );

  it('before it began sends nothing at all', async () => {
    open = await connectToSandbox({
      backend,
      config: noWaiting.connector,
      sandbox: { ...noWaiting.sandbox, orders: 1, skus: 1 },
    });
    const reason = new Error('never mind');
    await expect(
      open.connector.api('sellers').getAccount({}, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    expect(open.sandbox.counters()).toMatchObject({ requests: 0, tokenCalls: 0 });
  });
});
