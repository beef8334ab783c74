import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeBackend } from '../conformance.js';
import { openBackend } from '../open-backend.js';

describeBackend({ describe, it, beforeAll, afterAll, expect }, 'memory:', {
  place: async () => ({ open: (clock) => openBackend('memory:', { clock }) }),
  persists: false,
  time: 'given',
  shared: false,
});
