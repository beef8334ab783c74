import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openBackend } from '@fluxori/backend';
import { preparedDataFolder } from '@fluxori/test-services';
import { describe, expect, it } from '@jest/globals';
import { emptyHome } from '../testing/main-job.js';
import type { DemoSummary } from './summary.js';

/** From what `pnpm test` has compiled: its workers are processes of their own. */
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

async function demo(home: string, ...args: string[]): Promise<DemoSummary> {
  const { PATH, NODE_OPTIONS } = process.env;
  const env = { PATH, NODE_OPTIONS, FLUXORI_HOME: home };
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'demo', '--json', ...args], {
    cwd: home,
    env,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) as string) as DemoSummary;
}

describe('fluxori demo', () => {
  it('keeps its promises through two power cuts, and again when it is run again', async () => {
    await using home = await emptyHome();
    await preparedDataFolder(join(home.path, 'data'), openBackend);
    const first = await demo(home.path, '--orders', '400', '--skus', '120');
    expect(first).toMatchObject({
      run: 1,
      powerCuts: 2,
      throttled: 0,
      tokenCalls: 1,
      orders: 400,
      inventory: 120,
    });
    expect(first.reports).toEqual({ created: 1, rows: 120 });
    expect(first.feeds.created).toBe(1);
    expect(first.feeds.accepted).toBe(first.feeds.messages);
    expect(first.feeds.messages).toBeGreaterThan(20);
    const listings = await readFile(join(home.path, 'listings.csv'), 'utf8');
    expect(listings.trimEnd().split('\n')).toHaveLength(121);

    const second = await demo(home.path, '--no-power-cut');
    expect(second).toMatchObject({ run: 2, powerCuts: 0, throttled: 0, orders: 425, newOrders: 25 });
    expect([second.reports.created, second.feeds.created]).toEqual([1, 1]);
  });
});
