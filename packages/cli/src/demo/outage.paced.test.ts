import { accountId, type Health, silentLogger, sleep } from '@fluxori/core';
import { startSandbox } from '@fluxori/sandbox';
import { freshPlace, promised, type Service, Stopwatch, services, serviceUrl } from '@fluxori/test-services';
import { describe, expect, it } from '@jest/globals';
import { type App, openApp } from '../composition/open-app.js';
import { configSchema } from '../config/config.js';
import { accountsOf, testAccount } from '../testing/main-job.js';

const outageMs = 30_000;
/** Below the limit of a test: what is waited for in vain is given up, or Jest, in whose own process this runs, would never end. */
const longestMs = 540_000;

function flatten(health: Health): string {
  return JSON.stringify(health);
}

async function until(what: string, isSo: () => Promise<boolean> | boolean, over: AbortSignal): Promise<void> {
  while (!(await isSo())) {
    if (over.aborted) throw new Error(`${what} has not come to be.`);
    await sleep(20);
  }
}

/** The work, and 30 s without Amazon in the middle of it, with its state in the backend that lies there. */
async function workThroughOutage(backendUrl: string, mode: 'refuse' | 'destroy'): Promise<void> {
  await using sandbox = await startSandbox({ orders: 300, skus: 500 });
  const config = configSchema.parse({ accounts: accountsOf(sandbox) });
  await using app: App = await openApp(
    // No document is kept here.
    { config, home: '', backendUrl, places: { contents: 'file:unused' } },
    { logger: silentLogger },
  );
  const over = AbortSignal.timeout(longestMs);
  const account = accountId(testAccount);
  const failures: unknown[] = [];
  app.queues.on('failed', (event) => failures.push(event));
  await app.queues.start();
  const { jobId } = await app.queues.add('inventory.sync', { accountId: account, payload: {} });
  const served = () => sandbox.counters().served;
  await until('the first pages', () => served() >= 3, over);

  const began = Date.now();
  const outage = await sandbox.faults.set({ kind: 'outage', mode });
  const connector = await app.connectors.get(account);
  const isOpen = async () => flatten(await connector.health()).includes('"open"');
  await until('the open circuit in health', isOpen, over);
  expect(Date.now() - began).toBeLessThan(promised(15_000));
  const servedInOutage = served();
  await sleep(began + outageMs - Date.now());
  expect(served()).toBe(servedInOutage);
  await sandbox.faults.clear(outage);

  const watch = new Stopwatch();
  await until('work that goes on', () => served() > servedInOutage, over);
  expect(watch.stop()).toBeLessThan(promised(2_000));
  await app.queues.waitFor(jobId, { signal: over });
  const job = await app.queues.get(jobId);
  expect(job).toMatchObject({ state: 'completed', attempts: 0 });
  expect(failures).toEqual([]);
  expect(sandbox.counters().throttled).toBe(0);
  expect(await app.backend.records.count('inventory')).toBe(sandbox.state()[0]?.skus);
}

async function workThroughOutageOn(service: Service, mode: 'refuse' | 'destroy'): Promise<void> {
  const place = await freshPlace(service);
  try {
    await workThroughOutage(place.url, mode);
  } finally {
    await place.remove();
  }
}

describe('an outage in the middle of the work', () => {
  const shared = services.filter((service) => serviceUrl(service) !== undefined);

  // All at the same time, since 30 s are 30 s.
  it(`of 30 s fails no job, uses up no attempt, shows in health, and work resumes within 2 s: refused or cut, on ${['memory', ...shared].join(', ')}`, async () => {
    const scenes = (['refuse', 'destroy'] as const).flatMap((mode) => [
      workThroughOutage('memory:', mode),
      ...shared.map((service) => workThroughOutageOn(service, mode)),
    ]);
    // One that fails leaves the others running no longer than this test.
    await Promise.allSettled(scenes);
    await Promise.all(scenes);
  });
});
