import { type Clock, ManualClock, sleep, systemClock } from '@fluxori/core';
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
  type TestApi,
  undisturbed,
} from './conformance/under-test.js';
import type { FluxoriBackend } from './fluxori-backend.js';

export type { BackendUnderTest, Place, TestApi } from './conformance/under-test.js';

const openingMs = 60_000;

/**
 * What every backend must hold to, whatever it is made of. A driver's `.conformance.test.ts` calls it:
 *
 *     describeBackend({ describe, it, beforeAll, afterAll, expect }, 'memory:', { place, persists: false, time: 'given', shared: false })
 */
export function describeBackend(api: TestApi, name: string, driver: BackendUnderTest): void {
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
      slackMs: driver.time === 'given' ? 2 : 100,
      pass: (ms) => (driver.time === 'given' ? manual.advance(ms) : sleep(ms)),
      play: (scene) => (driver.time === 'given' ? scene(() => {}) : undisturbed(scene)),
      unique: (word) => `${word}-${++names}`,
    };

    api.beforeAll(async () => {
      place = await driver.place();
      backend = await place.open(clock);
    }, openingMs);
    api.afterAll(async () => {
      await backend.close();
      await place.remove?.();
    }, openingMs);

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
