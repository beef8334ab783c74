import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { startSandbox } from '../start-sandbox.js';
import { Wire } from '../testing/wire.js';

const path = '/orders/2026-01-01/orders/123-1234567-1234567';

describe('Throttling', () => {
  it("answers 429 with Amazon's words and without the rate", async () => {
    await using sandbox = await startSandbox({
      orders: 5,
      skus: 5,
      plans: { 'orders.getOrder': { rate: 0.001, burst: 3 } },
    });
    const wire = new Wire(sandbox);
    await wire.token();
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await wire.get(path));
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404, 429, 429]);
    const throttled = answers[4];
    expect(throttled?.text).toBe(
      '{"errors":[{"code":"QuotaExceeded","message":"You exceeded your quota for the requested resource.","details":""}]}',
    );
    expect(throttled?.headers).not.toHaveProperty('x-amzn-ratelimit-limit');
    expect(throttled?.headers).not.toHaveProperty('retry-after');
    expect(throttled?.headers['x-amzn-errortype']).toBe('TooManyRequestsException');
    expect(sandbox.counters()).toMatchObject({ throttled: 2, requests: 5 });
    expect(sandbox.counters().operations['orders.getOrder']).toMatchObject({
      throttled: 2,
      requests: 5,
      served: 0,
    });
  });

  it('serves sixty concurrent requests at 20/s burst 50 only as fast as the bucket allows', async () => {
    await using sandbox = await startSandbox({
      orders: 5,
      skus: 5,
      plans: { 'orders.getOrder': { rate: 20, burst: 50 } },
    });
    const wire = new Wire(sandbox);
    await wire.token();
    const started = performance.now();
    let admitted = 0;
    while (admitted < 70) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => wire.get(path)));
      admitted += answers.filter((answer) => answer.status === 404).length;
    }
    expect(performance.now() - started).toBeGreaterThanOrEqual(((70 - 50) / 20) * 1_000 - 500);
    const spent = admitted - 50;
    expect(spent / ((performance.now() - started) / 1_000)).toBeLessThanOrEqual(21);
  });

  it('takes the token on arrival, not when the answer leaves', async () => {
    await using sandbox = await startSandbox({
      orders: 5,
      skus: 5,
      plans: { 'orders.getOrder': { rate: 0.001, burst: 1 } },
    });
    const wire = new Wire(sandbox);
    await wire.token();
    await sandbox.faults.set({ kind: 'latency', ms: 200, count: 1 });
    const slow = wire.get(path);
    // A fault that hits once is gone as soon as the request that it holds up has arrived.
    while (sandbox.faults.list().length > 0) await wait(1);
    expect(sandbox.buckets().find(({ operation }) => operation === 'orders.getOrder')?.tokens).toBeLessThan(
      1,
    );
    expect((await wire.get(path)).status).toBe(429);
    expect((await slow).status).toBe(404);
  });

  it('spends nothing on a request without a valid token', async () => {
    await using sandbox = await startSandbox({
      orders: 5,
      skus: 5,
      plans: { 'orders.getOrder': { rate: 0.001, burst: 1 } },
    });
    const wire = new Wire(sandbox);
    await wire.token();
    expect((await wire.get(path, undefined, { token: 'x' })).status).toBe(403);
    expect((await wire.get(path)).status).toBe(404);
  });
});
