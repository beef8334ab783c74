import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandLine } from '../testing/command-line.js';
import { type Home, temporaryHome } from '../testing/main-job.js';

let home: Home;
let fluxori: CommandLine;

beforeAll(async () => {
  home = await temporaryHome();
  const account = {
    connector: 'amazon-sp',
    sellerId: 'A2EXAMPLE',
    marketplaceIds: ['ZA'],
    clientId: 'amzn1.application-oa2-client.example',
    clientSecret: 'not-a-secret',
    refreshToken: 'Atzr|example',
  };
  await writeFile(
    join(home.path, 'fluxori.config.json'),
    JSON.stringify({ accounts: { 'acme-za': account } }),
  );
  fluxori = new CommandLine(home.path, { FLUXORI_BACKEND: home.backendUrl });
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

describe('fluxori schedules set', () => {
  const set = (...args: string[]) => fluxori.run('schedules', 'set', 'often', 'orders.import', ...args);

  it.each([
    ['neither', []],
    ['both', ['--every', '15m', '--cron', '0 6 * * *']],
  ])('asks for one of --every and --cron when given %s', async (_what, args) => {
    const { code, stderr } = await set(...args);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/--every.*--cron/) });
    expect(stderr).not.toContain('everyMs');
  });

  it('refuses a time zone that would mean nothing', async () => {
    const { code, stderr } = await set('--every', '15m', '--time-zone', 'Africa/Johannesburg');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('--time-zone') });
  });

  it('tells when the first run comes', async () => {
    expect((await set('--every', '15m')).stdout).toContain(
      'often: orders.import for acme-za, every 15 m; next now, when a worker takes it up.',
    );
    expect((await set('--cron', '0 6 * * *')).stdout).toMatch(
      /0 6 \* \* \* UTC; next in .+ \(until .+ UTC\)\./,
    );
  });
});
