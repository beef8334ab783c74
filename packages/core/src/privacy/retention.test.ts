import { describe, expect, it } from '@jest/globals';
import { defaultRetention, expiredGroups } from './retention.js';

const at = (day: string) => Date.parse(`${day}T00:00:00Z`);
const shipped = {
  status: 'shipped',
  purchasedAt: '2026-10-01T00:00:00Z',
  updatedAt: '2026-10-03T00:00:00Z',
} as const;

describe('The time for which personal data is kept', () => {
  it('is 30 days from the shipment, for each group its own', () => {
    expect(expiredGroups(shipped, defaultRetention, at('2026-11-02') - 1)).toEqual([]);
    expect(expiredGroups(shipped, defaultRetention, at('2026-11-02'))).toEqual(['shipTo', 'buyer']);
    const rules = { ...defaultRetention, days: { shipTo: 7, buyer: 60 } };
    expect(expiredGroups(shipped, rules, at('2026-10-10'))).toEqual(['shipTo']);
    expect(expiredGroups(shipped, rules, at('2026-12-02'))).toEqual(['shipTo', 'buyer']);
  });

  it('does not begin anew with a refund weeks after the delivery', () => {
    const refunded = { ...shipped, deliverBy: '2026-10-08T00:00:00Z', updatedAt: '2026-11-05T00:00:00Z' };
    expect(expiredGroups(refunded, defaultRetention, at('2026-11-07') - 1)).toEqual([]);
    expect(expiredGroups(refunded, defaultRetention, at('2026-11-07'))).toHaveLength(2);
  });

  it('lasts while the order is open, and not for ever', () => {
    const open = { ...shipped, status: 'unshipped' } as const;
    expect(expiredGroups(open, defaultRetention, at('2026-12-29'))).toEqual([]);
    expect(expiredGroups(open, defaultRetention, at('2026-10-01') + 120 * 86_400_000)).toHaveLength(2);
  });

  it('is over for what cannot be dated', () => {
    const undated = { ...shipped, status: 'pending', purchasedAt: 'yesterday' } as const;
    expect(expiredGroups(undated, defaultRetention, at('2026-10-02'))).toHaveLength(2);
  });
});
