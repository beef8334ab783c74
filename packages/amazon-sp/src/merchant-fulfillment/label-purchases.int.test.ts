import { openBackend } from '@fluxori/backend';
import { accountId, ManualClock, orderId } from '@fluxori/core';
import { freshPlace } from '@fluxori/test-services';
import { describe, expect, it } from '@jest/globals';
import { testBackends } from '../../testing/connect-to-sandbox.js';
import { LabelPurchases } from './label-purchases.js';

const parcel = { orderId: orderId('902-1234567-1234567'), packageId: '1/ä' };

describe.each(testBackends)('purchases of labels, on %s', (kind) => {
  it('are claimed by one of many at the same time, and known to all afterwards', async () => {
    const place = kind === 'memory' ? undefined : await freshPlace(kind);
    const backend = await openBackend(place?.url ?? 'memory:');
    try {
      const clock = new ManualClock();
      const { keyValues, locks } = backend;
      const purchases = new LabelPurchases({ keyValues, locks, clock, accountId: accountId('acme-za') });
      const jobs = Array.from({ length: 10 }, (_, n) => `job-${n}`);
      const claims = await Promise.all(jobs.map((job) => purchases.claim(parcel, job)));
      const winner = jobs[claims.indexOf(undefined)] as string;
      expect(claims.filter((claim) => claim === undefined)).toHaveLength(1);
      expect(claims.find((claim) => claim !== undefined)).toMatchObject({ status: 'intended', by: winner });

      // Only who died in the midst of claiming may claim again; a person's word counts once it cannot be on its way any more.
      expect(await purchases.claim(parcel, winner)).toMatchObject({ by: winner });
      expect(await purchases.claim(parcel, winner, { resumed: true })).toBeUndefined();
      expect(await purchases.claim(parcel, 'other', { again: true })).toMatchObject({ by: winner });
      await clock.advance(900_000);
      expect(await purchases.claim(parcel, 'other', { again: true })).toBeUndefined();

      // What another has done since stays.
      expect(await purchases.unknown(parcel, winner)).toMatchObject({ by: 'other' });
      await purchases.release(parcel, winner);
      await purchases.bought(parcel, 'other', { shipmentId: 's-1', trackingNumber: 'TRK1' });
      expect(await purchases.claim(parcel, winner, { again: true })).toMatchObject({
        ...{ status: 'bought', shipmentId: 's-1' },
      });
      expect(await purchases.trackingNumbers(parcel.orderId)).toEqual(new Set(['TRK1']));
      expect(await purchases.claim({ ...parcel, packageId: '2' }, 'third')).toBeUndefined();
      await purchases.release({ ...parcel, packageId: '2' }, 'third');
      expect(await purchases.read({ ...parcel, packageId: '2' })).toBeUndefined();
    } finally {
      await backend.close();
      await place?.remove();
    }
  });
});
