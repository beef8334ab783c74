import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSealKey, openBackend } from '@fluxori/backend';
import { startSandbox } from '@fluxori/sandbox';
import { describeWith, freshPlace, services } from '@fluxori/test-services';
import { expect, it } from '@jest/globals';
import { CommandLine } from '../testing/command-line.js';
import { accountsOf, temporaryHome } from '../testing/main-job.js';

const warning = 'Tokens lie unsealed in the shared backend';

for (const service of services) {
  describeWith(service, `tokens of the commands on ${service}`, () => {
    it('are sealed when a key is set; a worker without one warns once, and works', async () => {
      await using sandbox = await startSandbox({ orders: 5, skus: 5 });
      await using home = await temporaryHome();
      const { url, remove } = await freshPlace(service);
      try {
        // The sweep of each night would be one more job, if it became 3:17 meanwhile.
        const config = { backend: url, accounts: accountsOf(sandbox), privacy: { sweep: false } };
        await writeFile(join(home.path, 'fluxori.config.json'), JSON.stringify(config));
        const values = async () => {
          await using backend = await openBackend(url);
          const keys = await backend.keyValues.keys('token/');
          return await Promise.all(keys.map((key) => backend.keyValues.get(key)));
        };
        const keyless = new CommandLine(home.path, {});
        await keyless.json('orders', 'import', '--no-wait');
        const worked = await keyless.run('worker', '--until-idle');
        expect(worked.code).toBe(0);
        expect(worked.stderr.split(warning)).toHaveLength(2);
        expect(await values()).toEqual([expect.objectContaining({ token_type: 'bearer' })]);

        const keyed = new CommandLine(home.path, { FLUXORI_SEAL_KEY: generateSealKey().reveal() });
        await keyed.json('orders', 'import');
        expect((await keyed.run('worker', '--until-idle')).stderr).not.toContain(warning);
        expect(await values()).toEqual([{ jwe: expect.any(String) }]);
        expect(sandbox.counters().tokenCalls).toBe(2);

        // It is refused at the start, before it takes a job from those who can do it.
        const wrong = new CommandLine(home.path, { FLUXORI_SEAL_KEY: generateSealKey().reveal() });
        await keyed.json('orders', 'import', '--no-wait');
        for (const args of [
          ['worker', '--until-idle'],
          ['orders', 'import'],
        ]) {
          const refused = await wrong.run(...args);
          expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('FLUXORI_SEAL_KEY')]);
        }
        expect(await keyed.json('worker', '--until-idle')).toEqual({ completed: 1, failed: 0, cancelled: 0 });
        expect(sandbox.counters().tokenCalls).toBe(2);
        expect(keyless.everything + keyed.everything + wrong.everything).not.toMatch(/Atz[ar]\|/);
      } finally {
        await remove();
      }
    });
  });
}
