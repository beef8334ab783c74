import { type Clock, ManualClock, sleep, systemClock } from '@fluxori/core';
import { atOnce } from './conformance/at-once.js';
import { describeBuckets } from './conformance/buckets.js';
import { describeKeyValues } from './conformance/key-values.js';
import { describeLifecycle } from './conformance/lifecycle.js';
import { describeLocks } from './conformance/locks.js';
import { describeProcesses } from './conformance/processes.js';
import { describeQueueConnection } from './conformance/queue-connection.js';
import { describeRecords } from './conformance/records.js';
import { describeTurns } from './conformance/turns.js';
import {
  type BackendUnderTest,
  type Bench,
  type Place,
  type SuiteApi,
  type TestApi,
  undisturbed,
} from './conformance/under-test.js';
import type { FluxoriBackend } from './fluxori-backend.js';

export type { BackendUnderTest, Place, TestApi } from './conformance/under-test.js';

/** Far above what any test takes: a limit for what hangs, also on a slow machine that others use. */
const limitMs = 600_000;

/**
 * What every backend must hold to, whatever it is made of. A driver's `.conformance.test.ts` calls it:
 *
 *     describeBackend({ describe, it, beforeAll, afterAll, expect }, 'memory:', { place, persists: false, time: 'given', shared: false })
 */
export function describeBackend(runner: TestApi, name: string, driver: BackendUnderTest): void {
  const it: TestApi['it'] = (sentence, body, timeoutMs = limitMs) => runner.it(sentence, body, timeoutMs);
  // A clock that is handed in is one for all: where it is moved, nobody else may be waiting.
  const api: SuiteApi = { ...runner, it, itWaits: driver.time === 'given' ? it : atOnce(it) };
  api.describe(`backend ${name}`, () => {
    let place: Place;
    let backend: FluxoriBackend;
    let names = 0;
    const manual = new ManualClock();
    const clock: Clock = driver.time === 'given' ? manual : systemClock;
    const bench: Bench = {
      get backend() {
        return backend;
      },
      now: () => clock.now(),
      slackMs: driver.time === 'given' ? 2 : 5,
      lateMs: driver.time === 'given' ? 0 : 500,
      pass: (ms) => (driver.time === 'given' ? manual.advance(ms) : sleep(ms)),
      play: (scene) =>
        driver.time === 'given'
          ? scene(() => {}, 1)
          : undisturbed(scene, () => backend.keyValues.get('pulse')),
      unique: (word) => `${word}-${++names}`,
    };

    api.beforeAll(async () => {
      place = await driver.place();
      backend = await place.open(clock);
    }, limitMs);
    api.afterAll(async () => {
      await backend?.close();
      await place?.remove?.();
    }, limitMs);

    describeKeyValues(api, bench);
    describeLocks(api, bench);
    describeBuckets(api, bench);
    describeTurns(api, bench);
    describeRecords(api, bench);
    describeQueueConnection(api, bench);
    describeLifecycle(api, driver, clock);
    describeProcesses(api, driver);
  });
}
