import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox } from '@fluxori/sandbox';
import {
  clockIsHeld,
  describeWith,
  freshPlace,
  type Service,
  Stopwatch,
  services,
  serviceUrl,
} from '@fluxori/test-services';
import { describe, expect, it } from '@jest/globals';
import { allEnded } from '../../testing/all-ended.js';
import { CallerProcesses } from '../../testing/caller-processes.js';
import { sandboxConfig } from '../../testing/connect-to-sandbox.js';
import { until } from '../../testing/until.js';

const plan = { rate: 5, burst: 10 };
const seconds = 20;
const allowedIn = (passedSeconds: number) => plan.burst + plan.rate * passedSeconds;
const mostAllowed = allowedIn(seconds);
/** What a stall held up just before the end may be made up for this long afterwards. */
const afterSeconds = 10;

/** Callers of one account and one operation, 30 in all, who never wait between two calls. */
async function serve(backend: string, processes: number, afterwards: 'kill' | 'stop'): Promise<void> {
  await using sandbox = await startSandbox({
    orders: 5,
    skus: 5,
    settleMs: 0,
    plans: { 'orders.getOrder': plan },
  });
  const [orderId = ''] = sandbox.orderIds();
  const limits = { 'orders.getOrder': { ratePerSecond: plan.rate, burst: plan.burst } };
  const task = {
    backend,
    patient: !clockIsHeld,
    config: { ...sandboxConfig(sandbox), limits },
    callers: 30 / processes,
    orderId,
  };
  const counts = () => {
    const { throttled, tokenCalls, operations } = sandbox.counters();
    return { served: operations['orders.getOrder']?.served ?? 0, throttled, tokenCalls };
  };
  await using first = await CallerProcesses.start(processes, task);
  const watch = new Stopwatch();
  const startedAt = performance.now();
  const passed = () => (performance.now() - startedAt) / 1_000;
  first.go();
  // On a machine that is held up, the rest comes later.
  const isServed = () => counts().served >= mostAllowed - 2;
  await Promise.all([sleep(seconds * 1_000), clockIsHeld || until(isServed, `${mostAllowed - 2} calls`)]);
  // What does not fit into the burst when the machine stands still is lost to everybody.
  const heldUp = passed() - watch.stop() / 1_000;
  const lacking = () => allowedIn(passed() - heldUp) - counts().served;
  while (clockIsHeld && lacking() > 2 && passed() < seconds + afterSeconds) await sleep(20);
  if (clockIsHeld) expect(lacking()).toBeLessThanOrEqual(2);
  const { served, ...faults } = counts();
  expect(served).toBeLessThanOrEqual(allowedIn(passed()));
  expect(faults).toEqual({ throttled: 0, tokenCalls: 1 });
  if (afterwards === 'stop') {
    const told = await first.stop();
    expect(told.flatMap(({ failures }) => failures)).toEqual([]);
    return;
  }
  await first.kill();
  await using second = await CallerProcesses.start(processes, task);
  const before = counts();
  const servedSince = () => counts().served - before.served;
  second.go();
  await Promise.all([
    sleep(4_000),
    clockIsHeld || until(() => servedSince() > plan.rate * 2, 'calls after the death of all'),
  ]);
  const told = await second.stop();
  expect(told.flatMap(({ failures }) => failures)).toEqual([]);
  expect(counts()).toMatchObject({ throttled: 0, tokenCalls: 1 });
  expect(servedSince()).toBeGreaterThan(plan.rate * 2);
}

async function serveOn(service: Service): Promise<void> {
  const place = await freshPlace(service);
  try {
    await serve(place.url, 3, 'kill');
  } finally {
    await place.remove();
  }
}

const title = `at least ${mostAllowed - 2} of ${mostAllowed} calls are served in ${seconds} s, none throttled, with one token call`;
const shared = services.filter((service) => serviceUrl(service) !== undefined);

describe('30 callers of one account and one operation', () => {
  // All at the same time: it takes half a minute, whatever the machine.
  it(`${title}: one process in memory; three on ${shared.join(', three on ') || 'no shared backend here'}, which are killed and started again`, async () => {
    await allEnded([serve('memory:', 1, 'stop'), ...shared.map(serveOn)]);
  });
});

for (const missing of services.filter((service) => !shared.includes(service))) {
  describeWith(missing, `30 callers in 3 processes on ${missing}`, () => {
    it(title, () => serveOn(missing));
  });
}
