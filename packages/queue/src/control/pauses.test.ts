import { openBackend } from '@fluxori/backend';
import { accountId, type KeyValueStore } from '@fluxori/core';
import { expect, it } from '@jest/globals';
import { latch } from '../testing/rig.js';
import { Pauses } from './pauses.js';

const acme = accountId('acme-za');

/** Two processes on one store. */
async function twoOf() {
  const { keyValues } = await openBackend('memory:');
  return [new Pauses(keyValues, 'room'), new Pauses(keyValues, 'room')] as const;
}

it('a pause that is ordered while another resumes the account stays, also when that one comes to its end', async () => {
  const [worker, console] = await twoOf();
  await console.begin(acme, 1_000, false);
  await worker.lift(acme, 2_000);
  await expect(console.begin(acme, 3_000, true)).resolves.toBe(true);
  await worker.end(acme);
  await worker.lookUp();
  expect(worker.ofAccount(acme)).toEqual({ since: new Date(3_000), stopRunning: true });
  await expect(worker.isPaused(acme)).resolves.toBe(true);
  expect(worker.resumingSince(10_000)).toEqual([]);
});

it('an account that is being resumed is not paused, and is known to those who finish what another began', async () => {
  const [worker, console] = await twoOf();
  await console.begin(acme, 1_000, false);
  await console.lift(acme, 2_000);
  await worker.lookUp();
  expect([...worker.accounts()]).toEqual([]);
  expect(worker.resumingSince(2_000)).toEqual([]);
  expect(worker.resumingSince(2_001)).toEqual([acme]);
  await expect(console.lift(acme, 3_000)).resolves.toBe(true);
  await worker.end(acme);
  await expect(console.lift(acme, 4_000)).resolves.toBe(false);
});

it('a pause that is ordered while a look at the store is under way is known from then on, though that look began before it', async () => {
  const { keyValues } = await openBackend('memory:');
  const begun = latch();
  const goOn = latch();
  const slow: KeyValueStore = {
    get: (key) => keyValues.get(key),
    set: (...entry) => keyValues.set(...entry),
    delete: (key) => keyValues.delete(key),
    async keys(prefix) {
      const keys = await keyValues.keys(prefix);
      begun.open();
      await goOn.opened;
      return keys;
    },
  };
  const pauses = new Pauses(slow, 'room');
  const looking = pauses.lookUp();
  await begun.opened;
  await pauses.begin(acme, 1_000, false);
  goOn.open();
  await looking;
  expect(pauses.ofAccount(acme)).toMatchObject({ since: new Date(1_000) });
});
