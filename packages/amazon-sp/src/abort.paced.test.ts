import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '@fluxori/sandbox';
import { promised, Stopwatch } from '@fluxori/test-services';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed, testBackends } from '../testing/connect-to-sandbox.js';
import { until } from '../testing/until.js';

/** Longer than a test may take: whatever the machine, the abort comes first. */
const foreverMs = 3_600_000;
const slow = (operation?: string): Fault => ({
  ...{ kind: 'latency', ms: foreverMs },
  ...(operation && { operation }),
});

interface Scene {
  readonly when: string;
  readonly fault: Fault;
  readonly work: (here: Sandboxed, signal: AbortSignal) => Promise<unknown>;
  /** The most that Amazon hears of it, LWA aside. */
  readonly requests: number;
}

const scenes: readonly Scene[] = [
  {
    when: 'while its token is fetched',
    fault: slow('lwa.token'),
    work: ({ connector }, signal) => connector.api('sellers').getAccount({}, { signal }),
    requests: 0,
  },
  {
    when: 'while its restricted data token is fetched',
    fault: slow('tokens.*'),
    work: ({ connector }, signal) =>
      connector.api('orders', 'v0').getOrderAddress({ orderId: '902-1234567-1234567' }, { signal }),
    requests: 1,
  },
  {
    when: 'while it is answered',
    fault: slow(),
    work: ({ connector }, signal) => connector.api('sellers').getAccount({}, { signal }),
    requests: 1,
  },
  {
    when: 'while it waits to be repeated',
    fault: { kind: 'error', status: 503 },
    work: ({ connector }, signal) => connector.api('sellers').getAccount({}, { signal }),
    requests: 1,
  },
  {
    when: 'in the middle of a list',
    fault: slow(),
    work: async ({ connector }, signal) => {
      for await (const order of connector.orders.list({ updatedSince: new Date('2020-01-01'), signal }))
        void order;
    },
    requests: 1,
  },
];

/** The work of a scene that has come to where it is to be aborted. */
class Begun implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #settled: Promise<unknown>;

  private constructor(
    readonly scene: Scene,
    readonly here: Sandboxed,
  ) {
    this.#settled = scene.work(here, this.#stop.signal).then(
      () => 'served',
      (error: unknown) => error,
    );
  }

  static async begin(scene: Scene, backend: (typeof testBackends)[number]): Promise<Begun> {
    const here = await connectToSandbox({
      backend,
      config: noWaiting.connector,
      sandbox: { ...noWaiting.sandbox, orders: 3, skus: 3 },
      network: {
        // The longest pauses that the jitter allows.
        ...{ random: () => 0.999, retry: { baseMs: foreverMs, capMs: foreverMs } },
        ...{ deadlineMs: 2 * foreverMs, timeouts: { firstByteMs: foreverMs, attemptMs: foreverMs } },
      },
    });
    await here.sandbox.faults.set(scene.fault);
    return new Begun(scene, here);
  }

  /** How many requests the fault has held up or refused. */
  get hits(): number {
    return this.here.sandbox.faults.list().reduce((sum, fault) => sum + fault.hits, 0);
  }

  abort(reason: Error): Promise<unknown> {
    this.#stop.abort(reason);
    return this.#settled;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort(new Error('the test is over'));
    await this.here[Symbol.asyncDispose]();
  }
}

describe.each(testBackends)('a call that is aborted, on %s', (backend) => {
  const begun = new Map<string, Begun>();
  const open = new AsyncDisposableStack();
  beforeAll(async () => {
    for (const scene of scenes) begun.set(scene.when, open.use(await Begun.begin(scene, backend)));
    await until(() => [...begun.values()].every(({ hits }) => hits > 0), 'a request that is to be aborted');
    // What was refused is heard of.
    await pause(50);
  });
  afterAll(() => open.disposeAsync());

  it.each(scenes)('$when settles within 50 ms with the caller’s reason', async ({ when }) => {
    const reason = new Error('the caller left');
    const watch = new Stopwatch();
    expect(await begun.get(when)?.abort(reason)).toBe(reason);
    expect(watch.stop()).toBeLessThan(promised(50));
  });

  it('sends nothing more', async () => {
    await pause(600);
    for (const { scene, here, hits } of begun.values()) {
      expect([scene.when, hits]).toEqual([scene.when, 1]);
      // What is never answered is not counted.
      expect(here.sandbox.counters().requests).toBeLessThanOrEqual(scene.requests);
    }
  });

  it('before it began sends nothing at all', async () => {
    await using here = await connectToSandbox({
      backend,
      config: noWaiting.connector,
      sandbox: { ...noWaiting.sandbox, orders: 1, skus: 1 },
    });
    const reason = new Error('never mind');
    await expect(
      here.connector.api('sellers').getAccount({}, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    expect(here.sandbox.counters()).toMatchObject({ requests: 0, tokenCalls: 0 });
  });
});
