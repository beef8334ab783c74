import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeContentStore } from '../../conformance.js';
import { FolderContentStore } from './folder-content-store.js';

describeContentStore({ describe, it, beforeAll, afterAll, expect }, 'folder', {
  async place() {
    const folder = await mkdtemp(join(tmpdir(), 'fluxori-contents-'));
    return {
      open: async () => new FolderContentStore({ folder: join(folder, 'contents') }),
      remove: () => rm(folder, { recursive: true }),
    };
  },
  largeBytes: 3_000_000,
});
