import { describeWith, freshPlace } from '@fluxori/test-services';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeBackend } from '../conformance.js';
import { openBackend } from '../open-backend.js';

describeWith('postgres', 'a PostgreSQL', () => {
  describeBackend({ describe, it, beforeAll, afterAll, expect }, 'postgres:', {
    place: async () => {
      const { url, remove } = await freshPlace('postgres');
      return { url, open: (clock) => openBackend(url, { clock }), remove };
    },
    persists: true,
    time: 'own',
    shared: true,
  });
});
