import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeContentStore } from '../../conformance.js';
import { sealingWith } from '../../testing/sealing.js';
import { FolderContentStore } from '../folder/folder-content-store.js';
import { SealedContentStore } from './sealed-content-store.js';

describeContentStore({ describe, it, beforeAll, afterAll, expect }, 'sealed folder', {
  async place() {
    const folder = await mkdtemp(join(tmpdir(), 'fluxori-contents-'));
    const sealing = sealingWith('one');
    return {
      open: async () => new SealedContentStore({ store: new FolderContentStore({ folder }), sealing }),
      remove: () => rm(folder, { recursive: true }),
    };
  },
  largeBytes: 3_000_000,
});
