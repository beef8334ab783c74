import { systemClock } from '@fluxori/core';
import type { FluxoriBackend } from '../fluxori-backend.js';
import { atOnce } from './at-once.js';
import { BackendProcess } from './processes/backend-process.js';
import { describeBucketsOfMany } from './processes/buckets-of-many.js';
import type { Company } from './processes/company.js';
import { describeLocksOfMany } from './processes/locks-of-many.js';
import { describeRecordsOfMany } from './processes/records-of-many.js';
import { describeTimeOfMany } from './processes/time-of-many.js';
import { type BackendUnderTest, type Place, type SuiteApi, undisturbed } from './under-test.js';

const limitMs = 600_000;
const hourMs = 3_600_000;

/** What many processes at once on one place can rely on. Empty for a driver that is not `shared`. */
export function describeProcesses(suite: SuiteApi, driver: BackendUnderTest): void {
  if (!driver.shared) return;
  // These wait for their own company.
  const api: SuiteApi = { ...suite, itWaits: atOnce(suite.it) };
  api.describe('of several processes at once', () => {
    let place: Place;
    let here: FluxoriBackend;
    let others: BackendProcess[];
    const extras: BackendProcess[] = [];
    let names = 0;
    let isOver = false;
    const urlOf = ({ url }: Place): string => {
      if (url === undefined) throw new Error('A shared place needs a `url` for other processes to open.');
      return url;
    };
    const company: Company = {
      get here() {
        return here;
      },
      get others() {
        return others;
      },
      another: async () => {
        const process = await BackendProcess.open(urlOf(place));
        extras.push(process);
        // A scene that nobody waits for any more must not keep this process alive.
        if (isOver) await process.kill();
        return process;
      },
      play: (scene) => undisturbed(scene, () => here.keyValues.get('pulse')),
      unique: (name) => `${name}-of-many-${++names}`,
    };

    // Nobody has been there before: all four find an empty place, at once.
    api.beforeAll(async () => {
      place = await driver.place();
      const url = urlOf(place);
      const opening = [0, hourMs, -hourMs].map((offset) => BackendProcess.open(url, offset));
      [here, ...others] = await Promise.all([place.open(systemClock), ...opening]);
    }, limitMs);
    api.afterAll(async () => {
      isOver = true;
      await Promise.all([...(others ?? []), ...extras].map((process) => process.kill()));
      await here?.close();
      await place?.remove?.();
    }, limitMs);

    api.it('opens an empty place for all who come at once', async () => {
      const key = company.unique('opened');
      await here.keyValues.set(key, 'by the first');
      const seen = await Promise.all(others.map((one) => one.call('keyValues', 'get', key)));
      api.expect(seen).toEqual(['by the first', 'by the first', 'by the first']);
    });
    describeLocksOfMany(api, company);
    describeBucketsOfMany(api, company, driver);
    describeTimeOfMany(api, company);
    describeRecordsOfMany(api, company);
  });
}
