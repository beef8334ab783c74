import { findOperation, type OperationDescriptor } from '@fluxori/amazon-sp-models';
import { describe, expect, it } from '@jest/globals';
import { RateLimiter, type RateLimiterOptions } from './rate-limiter.js';

const key = 'orders.getOrder';
const operation = findOperation('orders', 'getOrder') as OperationDescriptor;
const caller = { applicationId: 'app', sellerId: 'A1', region: 'eu' };

function limiter(options: Partial<RateLimiterOptions> = {}) {
  const time = { ms: 0 };
  const made = new RateLimiter({
    plans: { [key]: { rate: 2, burst: 5 } },
    defaultPlan: { rate: 1, burst: 1 },
    enabled: true,
    now: () => time.ms,
    ...options,
  });
  const admitted = (count: number, who = caller) =>
    Array.from({ length: count }, () => made.admit(who, operation, key)).filter(Boolean).length;
  return { made, time, admitted };
}

describe('RateLimiter', () => {
  it('starts full, admits the burst at once, and then the rate', () => {
    const { admitted, time } = limiter();
    expect(admitted(9)).toBe(5);
    time.ms += 499;
    expect(admitted(3)).toBe(0);
    time.ms += 1;
    expect(admitted(3)).toBe(1);
    time.ms += 60_000;
    expect(admitted(9)).toBe(5);
  });

  it('never admits more than burst plus rate times time', () => {
    const { admitted, time } = limiter();
    let total = 0;
    for (let i = 0; i < 10_000; i++) {
      total += admitted(1);
      time.ms += 7;
    }
    expect(total).toBeLessThanOrEqual(5 + 2 * 70);
    expect(total).toBeGreaterThanOrEqual(5 + 2 * 70 - 1);
  });

  it('keeps sellers, applications and regions apart', () => {
    const { admitted } = limiter();
    admitted(5);
    expect(admitted(1)).toBe(0);
    expect(admitted(1, { ...caller, sellerId: 'A2' })).toBe(1);
    expect(admitted(1, { ...caller, applicationId: 'other' })).toBe(1);
    expect(admitted(1, { ...caller, region: 'na' })).toBe(1);
  });

  it("takes Amazon's published plan, and the default where there is none", () => {
    const { made } = limiter({ plans: {} });
    expect(made.planOf(operation)).toEqual({ rate: 0.5, burst: 30 });
    const { rate: _rate, burst: _burst, ...without } = operation;
    expect(made.planOf({ ...without, operationId: 'unplanned' })).toEqual({ rate: 1, burst: 1 });
  });

  it('caps an application over all its sellers', () => {
    const search = findOperation('catalogItems', 'getCatalogItem') as OperationDescriptor;
    const { made } = limiter({ plans: { 'catalogItems.getCatalogItem': { rate: 1, burst: 200 } } });
    const admitted = ['A1', 'A2'].map(
      (sellerId) =>
        Array.from({ length: 200 }, () =>
          made.admit({ ...caller, sellerId }, search, 'catalogItems.getCatalogItem'),
        ).filter(Boolean).length,
    );
    expect(admitted).toEqual([200, 50]);
    const left = made.inspect().find((bucket) => bucket.sellerId === 'A2');
    expect(left?.tokens).toBe(150);
  });

  it('lets another program eat a share of the rate, only while it runs', () => {
    const { made, admitted, time } = limiter();
    admitted(5);
    made.startForeignUse({ id: 'x', share: 0.75, fromMs: 0, untilMs: 4_000, matches: () => true });
    time.ms = 4_000;
    expect(admitted(9)).toBe(2);
    time.ms = 6_000;
    expect(admitted(9)).toBe(4);
  });

  it('keeps what was eaten when the other program is stopped early', () => {
    const { made, admitted, time } = limiter();
    admitted(5);
    made.startForeignUse({
      id: 'x',
      share: 1,
      fromMs: 0,
      untilMs: Number.POSITIVE_INFINITY,
      matches: () => true,
    });
    time.ms = 2_000;
    made.endForeignUse('x');
    expect(admitted(9)).toBe(0);
    time.ms = 3_000;
    expect(admitted(9)).toBe(2);
  });

  it('changes a plan while it is in use, for one seller or for all', () => {
    const { made, admitted, time } = limiter();
    admitted(5);
    time.ms = 500;
    made.setPlan(key, { rate: 10, burst: 20 }, 'A1');
    expect(admitted(9)).toBe(1);
    time.ms = 1_500;
    expect(admitted(99)).toBe(10);
    expect(admitted(99, { ...caller, sellerId: 'A2' })).toBe(5);
    made.setPlan(key, { rate: 1, burst: 1 });
    time.ms = 60_000;
    expect(admitted(9, { ...caller, sellerId: 'A2' })).toBe(1);
    expect(made.planOf(operation, key, 'A1')).toEqual({ rate: 10, burst: 20 });
  });

  it('drains a part of the burst', () => {
    const { made, admitted } = limiter();
    made.open(caller, operation);
    expect(made.drain(0.6, (name) => name === key)).toBe(1);
    expect(admitted(9)).toBe(2);
  });
});
