import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { emptyHome } from '../testing/main-job.js';
import { nextRun, saveState } from './demo-state.js';

const monday = Date.parse('2026-11-16T08:00:00Z');
const tuesday = Date.parse('2026-11-17T08:00:00Z');

describe('what the demo remembers between its runs', () => {
  it('brings new orders into the same world once a run came to its end', async () => {
    await using home = await emptyHome();
    const first = await nextRun(home.path, monday, { orders: 300 });
    await saveState(home.path, { ...first, finished: true });

    const second = await nextRun(home.path, tuesday);

    expect(second).toMatchObject({ orders: 300, skus: 800, epoch: first.epoch, runs: 2, finished: false });
    expect(second.batches.map(({ count }) => count)).toEqual([25]);
  });

  it('goes on in the same world, without new orders, after a run that was broken off', async () => {
    await using home = await emptyHome();
    const first = await nextRun(home.path, monday);
    await saveState(home.path, first);

    expect(await nextRun(home.path, tuesday)).toEqual({ ...first, runs: 2 });
  });

  it('refuses a seller of another size in the same folder, and says what to do', async () => {
    await using home = await emptyHome();
    await saveState(home.path, await nextRun(home.path, monday, { skus: 50 }));

    await expect(nextRun(home.path, tuesday, { skus: 60 })).rejects.toMatchObject({
      name: 'ConfigurationError',
      field: '--skus',
      remedy: expect.stringContaining('FLUXORI_HOME'),
    });
  });

  it('says of a home that is a file what is wrong with it', async () => {
    await using home = await emptyHome();
    const file = join(home.path, 'a-file');
    await writeFile(file, '');

    const error = {
      name: 'ConfigurationError',
      field: 'FLUXORI_HOME',
      message: expect.stringContaining('a-file'),
    };
    await expect(nextRun(file, monday)).rejects.toMatchObject(error);
    await expect(nextRun(join(file, 'below'), monday)).rejects.toMatchObject(error);
  });

  it('refuses a file that it did not write', async () => {
    await using home = await emptyHome();
    await writeFile(join(home.path, 'demo.json'), '{"epoch": 7');

    await expect(nextRun(home.path, monday)).rejects.toMatchObject({
      name: 'ConfigurationError',
      field: 'FLUXORI_HOME',
    });
  });
});
