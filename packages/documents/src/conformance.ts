import { describeContents } from './conformance/contents.js';
import { describeInterruptions } from './conformance/interruptions.js';
import { describeListing } from './conformance/listing.js';
import type { Bench, StorePlace, StoreUnderTest, TestApi } from './conformance/under-test.js';
import type { ContentStore } from './store/content-store.js';

export type { StorePlace, StoreUnderTest, TestApi } from './conformance/under-test.js';

/** A limit for what hangs, whatever else the machine does. */
const openingMs = 180_000;

/**
 * What every content store must hold to, whatever it is made of. A store's `.conformance.test.ts` calls it:
 *
 *     describeContentStore({ describe, it, beforeAll, afterAll, expect }, 'folder', { place, largeBytes: 3_000_000 })
 */
export function describeContentStore(api: TestApi, name: string, driver: StoreUnderTest): void {
  api.describe(`content store ${name}`, () => {
    let place: StorePlace;
    let store: ContentStore;
    let names = 0;
    const bench: Bench = {
      get store() {
        return store;
      },
      reopen: () => place.open(),
      largeBytes: driver.largeBytes,
      unique: (word) => `${word}-${++names}`,
    };

    api.beforeAll(async () => {
      place = await driver.place();
      store = await place.open();
    }, openingMs);
    api.afterAll(async () => {
      await store.close();
      await store.close();
      await place.remove?.();
    }, openingMs);

    describeContents(api, bench);
    describeInterruptions(api, bench);
    describeListing(api, bench);
  });
}
