import { describeWith, freshPlace } from '@fluxori/test-services';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeBackend } from '../conformance.js';
import { openBackend } from '../open-backend.js';

const leaseMs = 3_000;

function withLease(url: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}lease=${leaseMs / 1000}`;
}

describeWith('redis', 'the driver', () => {
  describeBackend({ describe, it, beforeAll, afterAll, expect }, 'redis:', {
    place: async () => {
      const fresh = await freshPlace('redis');
      const url = withLease(fresh.url);
      return { url, open: (clock) => openBackend(url, { clock }), remove: fresh.remove };
    },
    persists: true,
    time: 'own',
    shared: true,
    leaseMs,
  });
});
