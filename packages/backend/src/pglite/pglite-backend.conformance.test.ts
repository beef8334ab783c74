import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preparedDataFolder } from '@fluxori/test-services';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeBackend } from '../conformance.js';
import { openBackend } from '../open-backend.js';

describeBackend({ describe, it, beforeAll, afterAll, expect }, 'pglite:', {
  place: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fluxori-backend-'));
    await preparedDataFolder(folder, openBackend);
    return {
      open: (clock) => openBackend(`pglite:${folder}`, { clock }),
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },
  persists: true,
  time: 'given',
  shared: false,
});
