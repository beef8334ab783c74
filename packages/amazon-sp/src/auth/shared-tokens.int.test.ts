import { generateSealKey, openBackend } from '@fluxori/backend';
import { describeWith, services } from '@fluxori/test-services';
import { afterAll, expect, it } from '@jest/globals';
import { Crew, type Fleet, startFleet } from '../../testing/token-processes.js';

const crew = new Crew();
afterAll(() => crew.end());

const all = (count: number, outcome: string) => Array.from({ length: count }, () => outcome);
/** Long enough that everybody asks while the first is still being answered. */
const slowTokens = { kind: 'latency', ms: 300, operation: 'lwa.token' } as const;
const rdtCalls = ({ sandbox }: Fleet) =>
  sandbox.counters().operations['tokens.createRestrictedDataToken']?.requests ?? 0;

for (const service of services) {
  describeWith(service, `tokens of three processes on ${service}`, () => {
    it('are one LWA call for 30 callers that all begin without one', async () => {
      await using fleet = await startFleet(service, crew, { patient: true });
      await fleet.sandbox.faults.set(slowTokens);
      expect(await fleet.callAll({})).toEqual(all(30, 'ok'));
      expect(fleet.sandbox.counters()).toMatchObject({ tokenCalls: 1, requests: 30, statuses: { 200: 30 } });
    });

    it('that are restricted are one call to Amazon, and one to LWA, for 30 callers of 30 orders', async () => {
      await using fleet = await startFleet(service, crew, { patient: true });
      await fleet.sandbox.faults.set(slowTokens);
      await fleet.sandbox.faults.set({
        kind: 'latency',
        ms: 300,
        operation: 'tokens.createRestrictedDataToken',
      });
      expect(await fleet.callAll({ operation: 'address' })).toEqual(all(30, 'ok'));
      expect([rdtCalls(fleet), fleet.sandbox.counters().tokenCalls]).toEqual([1, 1]);
    });

    it('that Amazon takes for expired are replaced by one LWA call for all', async () => {
      await using fleet = await startFleet(service, crew, { patient: true });
      expect(await fleet.callAll({})).toEqual(all(30, 'ok'));
      await fleet.sandbox.faults.set({ kind: 'expire-tokens' });
      await fleet.sandbox.faults.set(slowTokens);
      expect(await fleet.callAll({})).toEqual(all(30, 'ok'));
      expect(fleet.sandbox.counters().tokenCalls).toBe(2);
    });

    it('that are refused for good are asked for once, and every caller is told why', async () => {
      await using fleet = await startFleet(service, crew, { patient: true });
      const { sandbox } = fleet;
      await sandbox.faults.set({ kind: 'revoke-consent', sellerId: sandbox.credentials.sellerId });
      await sandbox.faults.set(slowTokens);
      expect(await fleet.callAll({})).toEqual(all(30, 'AUTH_REVOKED'));
      expect(await fleet.callAll({})).toEqual(all(30, 'AUTH_REVOKED'));
      expect(sandbox.counters()).toMatchObject({ tokenCalls: 1, requests: 0 });
    });

    it('lie sealed in the store; a process with the wrong key refuses, asks nobody and disturbs nobody', async () => {
      const [key, other] = [generateSealKey().reveal(), generateSealKey().reveal()];
      await using fleet = await startFleet(service, crew, { patient: true, sealKeys: [key, key, other] });
      const [one, two, stranger] = fleet.processes;
      expect(await fleet.call(one, { operation: 'address' })).toEqual(all(10, 'ok'));
      expect(await fleet.call(stranger, { operation: 'address' })).toEqual(all(10, 'SEAL_KEY_WRONG'));
      expect(await fleet.call(stranger, {})).toEqual(all(10, 'SEAL_KEY_WRONG'));
      expect(await fleet.call(two, { operation: 'address' })).toEqual(all(10, 'ok'));
      expect([rdtCalls(fleet), fleet.sandbox.counters().tokenCalls]).toEqual([1, 1]);

      await using backend = await openBackend(fleet.backendUrl);
      const keys = await backend.keyValues.keys('token');
      const values = await Promise.all(keys.map((name) => backend.keyValues.get(name)));
      expect(values).toEqual([{ jwe: expect.any(String) }, { jwe: expect.any(String) }]);
    });
  });
}
