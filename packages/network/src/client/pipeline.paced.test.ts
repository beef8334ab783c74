import { setTimeout as sleep } from 'node:timers/promises';
import { openBackend } from '@fluxori/backend';
import { type Backend, type Clock, ManualClock, systemClock } from '@fluxori/core';
import { clockIsHeld, promised, Stopwatch } from '@fluxori/test-services';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RateTracker } from '../rate/rate-tracker.js';
import type { UsagePlan } from '../rate/usage-plan.js';
import type { RetryOptions } from '../retry/retry-policy.js';
import { handOver } from '../testing/hand-over.js';
import { plainError } from '../testing/plain-error.js';
import { json, type Script, ScriptedServer } from '../testing/scripted-server.js';
import { throttlingScript } from '../testing/throttling-script.js';
import { until } from '../testing/until.js';
import { TokenCache } from '../token/token-cache.js';
import { TokenManager } from '../token/token-manager.js';
import type { CallOptions, CallSpec } from './call-spec.js';
import { NetworkAwareClient } from './network-aware-client.js';

const seller = {
  clientId: 'app',
  clientSecret: 'very-secret',
  account: 'acme',
  refreshToken: 'Atzr|very-secret',
};

let backend: Backend;
let lwa: ScriptedServer;
let api: ScriptedServer;
let client: NetworkAwareClient;
let tracker: RateTracker;
let tokens: TokenManager;

beforeEach(async () => {
  backend = await openBackend('memory:');
  lwa = await new ScriptedServer((_request, response, number) =>
    json(response, 200, { access_token: `Atza|${number}`, token_type: 'bearer', expires_in: 3600 }),
  ).start();
  api = await new ScriptedServer((_request, response) => json(response, 200, {})).start();
  useClock(systemClock, { baseMs: 5, capMs: 20 });
});

afterEach(async () => {
  await client.close();
  await Promise.all([lwa.stop(), api.stop()].map((end) => end.catch(() => undefined)));
  await backend[Symbol.asyncDispose]();
});

function useClock(clock: Clock, retry: Partial<RetryOptions>): void {
  client = new NetworkAwareClient({ env: {}, retry, clock });
  tracker = new RateTracker({
    ...{ buckets: backend.buckets, keyValues: backend.keyValues },
    ...{ clock, random: () => 0 },
  });
  const cache = new TokenCache({ keyValues: backend.keyValues, locks: backend.locks });
  tokens = new TokenManager({ url: lwa.url, http: client, cache });
}

/** From now on nobody waits for a rate token longer or shorter than the test says, however slow the machine is. */
async function simulateTime(): Promise<ManualClock> {
  const clock = new ManualClock();
  await client.close();
  await backend[Symbol.asyncDispose]();
  backend = await openBackend('memory:', { clock });
  useClock(clock, { maxAttempts: 1 });
  return clock;
}

function plan(more: Partial<UsagePlan> = {}): UsagePlan {
  return {
    key: 'app/acme/eu/orders.searchOrders',
    label: 'orders.searchOrders@acme',
    ratePerSecond: 2,
    burst: 5,
    source: 'published',
    observable: true,
    ...more,
  };
}

/** As a connector does it. */
function call(plans: readonly UsagePlan[], options: CallOptions = {}, more: Partial<CallSpec> = {}) {
  let last = '';
  return client.call(
    {
      operation: 'orders.searchOrders',
      account: 'acme',
      method: 'GET',
      url: `${api.url}/orders`,
      idempotent: true,
      rate: { tracker, plans },
      authorize: async ({ signal, rejected }) => {
        const token = await tokens.getToken(seller, {
          ...(signal && { signal }),
          ...(rejected && { rejected: last }),
        });
        last = token.access_token;
        return { 'x-amz-access-token': last };
      },
      isExpiredToken: (answer) => answer.status === 403 && answer.text.includes('expired'),
      toError: plainError,
      ...more,
    },
    options,
  );
}

const useUp = (plans: readonly UsagePlan[]) =>
  Promise.all(Array.from({ length: plans[0]!.burst }, () => call(plans)));

const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error,
  );

describe('a call of a connector', () => {
  it('is one of sixty that need one token, are never throttled, and take the least time', async () => {
    const { script, throttled } = throttlingScript(20, 5);
    api.script = script;
    const plans = [
      plan({ ratePerSecond: 20 }),
      plan({ key: 'app', label: 'app', ratePerSecond: 250, burst: 250, observable: false }),
    ];
    const startedAt = performance.now();
    const watch = new Stopwatch();
    await Promise.all(Array.from({ length: 60 }, () => call(plans)));
    const tookMs = performance.now() - startedAt;
    expect(throttled()).toBe(0);
    expect(lwa.requests).toHaveLength(1);
    expect(api.requests).toHaveLength(60);
    expect(tookMs).toBeGreaterThan(2_750 * 0.99);
    expect(watch.stop()).toBeLessThan(promised(2_750 * 1.05 + 50));
  });

  it('renews an expired token once, for all calls that were refused with it', async () => {
    api.script = (request, response) =>
      request.headers['x-amz-access-token'] === 'Atza|1'
        ? json(response, 403, { errors: [{ code: 'Unauthorized', details: 'The access token expired' }] })
        : json(response, 200, {});
    await Promise.all(Array.from({ length: 10 }, () => call([plan({ burst: 50 })])));
    expect(lwa.requests).toHaveLength(2);
    const sentWith = (token: string) =>
      api.requests.filter(({ headers }) => headers['x-amz-access-token'] === token).length;
    expect(sentWith('Atza|2')).toBe(10);
    // One that waited for seconds for its rate token looks at its access token again, and is not refused at all.
    expect(sentWith('Atza|1')).toBeGreaterThan(0);
    expect(sentWith('Atza|1')).toBeLessThanOrEqual(10);
    if (clockIsHeld) expect(sentWith('Atza|1')).toBe(10);
  });

  it.each([
    [200, true],
    [202, true],
    [400, true],
    [404, true],
    [403, false],
    [429, false],
    [500, false],
    [503, false],
  ])('learns the rate from status %i or not', async (status, learns) => {
    api.script = (_request, response) => json(response, status, {}, { 'x-amzn-RateLimit-Limit': '7.5' });
    await call([plan()], { maxWaitMs: 0 }).catch(() => undefined);
    const grant = await tracker.acquire([plan({ key: 'app/acme/eu/orders.searchOrders' })]);
    expect(grant.plans[0]).toMatchObject(learns ? { ratePerSecond: 7.5, burst: 5 } : { ratePerSecond: 2 });
  });

  it('takes a rate token for each attempt', async () => {
    api.script = (_request, response, number) => json(response, number < 3 ? 503 : 200, {});
    await call([plan({ ratePerSecond: 0.001 })]);
    expect(Math.round((await tracker.inspect())[0]!.level)).toBe(2);
  });

  it('waits out the pause when it is throttled in spite of a token', async () => {
    api.script = (_request, response, number) => json(response, number === 1 ? 429 : 200, {});
    await call([plan({ ratePerSecond: 4 })]);
    expect(api.requests).toHaveLength(2);
    expect(api.requests[1]!.at - api.requests[0]!.at).toBeGreaterThanOrEqual(240);
  });

  it('says when to come back when the pause is longer than it may wait, and keeps its place', async () => {
    api.script = (_request, response) => json(response, 429, {}, { 'retry-after': '60' });
    const error = await failure(call([plan()], { maxWaitMs: 1_000, waiter: 'job-1' }));
    expect(error).toMatchObject({
      code: 'RATE_LIMITED',
      requestId: 'req-1',
      attempts: 1,
      account: 'acme',
      rate: { bucket: 'orders.searchOrders@acme', rate: 2, burst: 5, source: 'published' },
    });
    expect(api.requests).toHaveLength(1);
    expect((await tracker.inspect())[0]).toMatchObject({ waiting: 1 });
  });

  it('waits for its token without its deadline running', async () => {
    const clock = await simulateTime();
    const slow = [plan({ ratePerSecond: 0.1 })];
    await useUp(slow);
    const waiting = call(slow, { deadlineMs: 5_000 });
    await until(() => clock.sleeping > 0);
    await clock.advance(10_000);
    await waiting;
    expect(api.requests).toHaveLength(6);
  });

  it('looks at its access token again after a long wait for its rate token', async () => {
    const clock = await simulateTime();
    const slow = [plan({ ratePerSecond: 0.1 })];
    await useUp(slow);
    const asked: number[] = [];
    const authorize = async () => {
      asked.push(clock.now());
      return { 'x-amz-access-token': asked.length === 1 ? 'old' : 'fresh' };
    };
    const waiting = call(slow, {}, { authorize });
    await until(() => clock.sleeping > 0);
    const startedAt = clock.now();
    await clock.advance(10_000);
    await waiting;
    expect(asked).toEqual([startedAt, startedAt + 10_000]);
    expect(api.requests.at(-1)!.headers['x-amz-access-token']).toBe('fresh');
  });

  it('leaves the line at once when aborted, and sends nothing', async () => {
    const clock = await simulateTime();
    await useUp([plan()]);
    const stop = new AbortController();
    const waiting = failure(call([plan()], { signal: stop.signal, waiter: 'job-1' }));
    await until(() => clock.sleeping > 0);
    const watch = new Stopwatch();
    stop.abort(new Error('left'));
    expect(await waiting).toMatchObject({ message: 'left' });
    expect(watch.stop()).toBeLessThan(promised(50));
    await handOver();
    await clock.advance(600);
    await handOver();
    expect(api.requests).toHaveLength(5);
    expect((await tracker.inspect())[0]).toMatchObject({ waiting: 0, inFlight: 0 });
    expect(tracker.lanes).toBe(0);
  });

  it('is aborted at once although a store does not answer', async () => {
    const hanging = { ...backend.buckets, take: () => new Promise<never>(() => undefined) };
    const stuck = new RateTracker({ buckets: hanging as typeof backend.buckets });
    const stop = new AbortController();
    const waiting = failure(call([], { signal: stop.signal }, { rate: { tracker: stuck, plans: [plan()] } }));
    await sleep(50);
    stop.abort(new Error('left'));
    expect(await waiting).toMatchObject({ message: 'left' });
  });

  it('gives its token back when the circuit opened while it waited', async () => {
    const clock = await simulateTime();
    await useUp([plan()]);
    const waiting = failure(call([plan()]));
    await until(() => clock.sleeping > 0);
    await api.stop();
    for (let n = 0; n < 3; n += 1) await failure(call([plan({ key: 'other', label: 'other' })]));
    await clock.advance(500);
    expect(await waiting).toMatchObject({ code: 'CIRCUIT_OPEN', attempts: 0 });
    expect((await tracker.inspect('app/'))[0]).toMatchObject({ inFlight: 0 });
  });

  it('shows the limit on every error', async () => {
    api.script = ((_request, response) => json(response, 400, {})) satisfies Script;
    expect(await failure(call([plan()]))).toMatchObject({
      status: 400,
      rate: { bucket: 'orders.searchOrders@acme' },
    });
  });

  it('does not claim that nothing was sent when only its last attempt was not', async () => {
    api.script = (_request, response) => {
      response.socket?.destroy();
      void api.stop();
    };
    expect(await failure(call([plan()], {}, { url: api.url }))).toMatchObject({
      code: 'CIRCUIT_OPEN',
      cause: { outcome: 'unknown' },
    });
  });

  it('is refused once the client is closed', async () => {
    await client.close();
    await client.close();
    expect(await failure(call([plan()]))).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(api.requests).toHaveLength(0);
  });
});
