import { setTimeout as sleep } from 'node:timers/promises';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import {
  clockIsHeld,
  describeWith,
  freshPlace,
  Stopwatch,
  services,
  serviceUrl,
} from '@fluxori/test-services';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allEnded } from '../../testing/all-ended.js';
import { CallerProcesses } from '../../testing/caller-processes.js';
import type { CallersTask } from '../../testing/callers.js';
import { sandboxConfig, type TestBackend } from '../../testing/connect-to-sandbox.js';
import { until } from '../../testing/until.js';

const plan = { rate: 5, burst: 10 };
const seconds = 20;
const allowedIn = (passedSeconds: number) => plan.burst + plan.rate * passedSeconds;
const mostAllowed = allowedIn(seconds);
/** What a stall held up just before the end may be made up for this long afterwards. */
const afterSeconds = 10;

/** Callers of one account and one operation, 30 in all, who never wait between two calls: in one process in memory, else in three. */
class Scene implements AsyncDisposable {
  private constructor(
    readonly sandbox: Sandbox,
    readonly task: CallersTask,
    readonly processes: number,
    readonly callers: CallerProcesses,
    readonly open: AsyncDisposableStack,
  ) {}

  /** Everybody is ready, and nobody has called. */
  static async begin(backend: TestBackend): Promise<Scene> {
    await using opening = new AsyncDisposableStack();
    const place = backend === 'memory' ? undefined : await freshPlace(backend);
    opening.defer(() => place?.remove());
    const rest = { orders: 5, skus: 5, settleMs: 0 };
    const sandbox = opening.use(await startSandbox({ ...rest, plans: { 'orders.getOrder': plan } }));
    const limits = { 'orders.getOrder': { ratePerSecond: plan.rate, burst: plan.burst } };
    const processes = place === undefined ? 1 : 3;
    const task = {
      ...{ backend: place?.url ?? 'memory:', patient: !clockIsHeld, callers: 30 / processes },
      config: { ...sandboxConfig(sandbox), limits },
      orderId: sandbox.orderIds()[0] ?? '',
    };
    const callers = opening.use(await CallerProcesses.start(processes, task));
    return new Scene(sandbox, task, processes, callers, opening.move());
  }

  get served(): number {
    return this.sandbox.counters().operations['orders.getOrder']?.served ?? 0;
  }

  get faults() {
    const { throttled, tokenCalls } = this.sandbox.counters();
    return { throttled, tokenCalls };
  }

  async serve(): Promise<void> {
    const watch = new Stopwatch();
    const startedAt = performance.now();
    const passed = () => (performance.now() - startedAt) / 1_000;
    this.callers.go();
    await sleep(seconds * 1_000);
    if (clockIsHeld) {
      // What does not fit into the burst when the machine stands still is lost to everybody.
      const heldUp = passed() - watch.stop() / 1_000;
      const lacking = () => allowedIn(passed() - heldUp) - this.served;
      while (lacking() > 2 && passed() < seconds + afterSeconds) await sleep(20);
      expect(lacking()).toBeLessThanOrEqual(2);
    } else {
      // The rest comes later.
      await until(() => this.served >= mostAllowed - 2, `${mostAllowed - 2} calls`);
    }
    const { served } = this;
    expect(served).toBeLessThanOrEqual(allowedIn(passed()));
    expect(this.faults).toEqual({ throttled: 0, tokenCalls: 1 });
  }

  async dieAndServeAgain(): Promise<void> {
    await this.callers.kill();
    await using second = await CallerProcesses.start(this.processes, this.task);
    const before = this.served;
    const isServed = () => this.served - before > plan.rate * 2;
    second.go();
    await sleep(4_000);
    if (!clockIsHeld) await until(isServed, 'calls after the death of all');
    expect(await failuresOf(second)).toEqual([]);
    expect(this.faults).toEqual({ throttled: 0, tokenCalls: 1 });
    expect(isServed()).toBe(true);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.open.disposeAsync();
  }
}

async function failuresOf(callers: CallerProcesses): Promise<readonly string[]> {
  return (await callers.stop()).flatMap(({ failures }) => failures);
}

/** All at the same time: it takes half a minute, whatever the machine. */
function holdsOn(backends: readonly TestBackend[]): void {
  const scenes = new AsyncDisposableStack();
  const begun: Scene[] = [];
  beforeAll(() =>
    allEnded(
      backends.map(async (backend) => {
        begun.push(scenes.use(await Scene.begin(backend)));
      }),
    ),
  );
  afterAll(() => scenes.disposeAsync());

  it(`at least ${mostAllowed - 2} of ${mostAllowed} calls are served in ${seconds} s, none throttled, with one token call`, async () => {
    await allEnded(begun.map((scene) => scene.serve()));
  });

  it('none is throttled, and none fetches another token, when all processes are killed and started again', async () => {
    const [alone, together] = [1, 3].map((count) => begun.filter(({ processes }) => processes === count));
    for (const { callers } of alone ?? []) expect(await failuresOf(callers)).toEqual([]);
    await allEnded((together ?? []).map((scene) => scene.dieAndServeAgain()));
  });
}

const shared = services.filter((service) => serviceUrl(service) !== undefined);

describe(`30 callers of one account and one operation: one process in memory${shared.map((service) => `, three on ${service}`).join('')}`, () => {
  holdsOn(['memory', ...shared]);
});

for (const missing of services.filter((service) => !shared.includes(service))) {
  describeWith(missing, `30 callers in 3 processes on ${missing}`, () => holdsOn([missing]));
}
