import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend } from '@fluxori/backend';
import { type FreshPlace, preparedDataFolder } from '@fluxori/test-services';

/** A place for the embedded database, as it is when it was opened once: to make one anew takes seconds of a processor. */
export async function freshFolder(): Promise<FreshPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'fluxori-queue-'));
  await preparedDataFolder(folder, openBackend);
  return { url: `pglite:${folder}`, remove: () => rm(folder, { recursive: true, force: true }) };
}
