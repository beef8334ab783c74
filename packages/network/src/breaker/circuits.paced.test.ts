import { setTimeout as sleep } from 'node:timers/promises';
import { openBackend } from '@fluxori/backend';
import { promised, Stopwatch } from '@fluxori/test-services';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { CallSpec } from '../client/call-spec.js';
import { NetworkAwareClient, type NetworkAwareClientOptions } from '../client/network-aware-client.js';
import { RateTracker } from '../rate/rate-tracker.js';
import { plainError } from '../testing/plain-error.js';
import { json, type Script, ScriptedServer } from '../testing/scripted-server.js';
import { until } from '../testing/until.js';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close().catch(() => undefined);
});

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await new ScriptedServer(script).start();
  open.push(() => server.stop());
  return server;
}

function client(options: NetworkAwareClientOptions = {}): NetworkAwareClient {
  const made = new NetworkAwareClient({
    env: {},
    retry: { maxAttempts: 1 },
    breaker: { probeEveryMs: 100 },
    ...options,
  });
  open.push(() => made.close());
  return made;
}

function spec(url: string, more: Partial<CallSpec> = {}): CallSpec {
  return {
    operation: 'orders.getOrder',
    account: 'acme',
    method: 'GET',
    url,
    idempotent: true,
    toError: plainError,
    ...more,
  };
}

const quiet = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe('the circuit of a host', () => {
  it('tells everybody that the host is back, also when one of them throws', async () => {
    let status = 503;
    const server = await serve((_request, response) => json(response, status, {}));
    const made = client();
    made.onRecovered(() => {
      throw new Error('a listener of the platform');
    });
    const told = new Promise<string>((resolve) => made.onRecovered(resolve));
    for (let i = 0; i < 3; i += 1) await quiet(made.call(spec(server.url)));
    // Open, or half open while a look at the host is under way.
    expect(made.circuits()[0]!.state).not.toBe('closed');
    status = 200;
    expect(await told).toBe(new URL(server.url).host);
  });

  it('opens after three failures in a row, sends nothing while open, and closes when the host is back', async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    const made = client();
    const recovered: string[] = [];
    made.onRecovered((host) => recovered.push(host));
    await made.call(spec(server.url));
    const { port } = server;
    await server.stop();
    for (let i = 0; i < 3; i += 1)
      expect(await quiet(made.call(spec(server.url)))).toMatchObject({ name: 'NetworkError' });
    const refused = (await quiet(made.call(spec(server.url)))) as Error & { retryAt: Date };
    expect(refused).toMatchObject({
      name: 'CircuitOpenError',
      code: 'CIRCUIT_OPEN',
      account: 'acme',
      operation: 'orders.getOrder',
      host: `127.0.0.1:${port}`,
      attempts: 0,
      retryable: true,
    });
    expect(refused.retryAt.getTime() - Date.now()).toBeLessThanOrEqual(130);
    expect(made.circuits()).toMatchObject([
      { host: `127.0.0.1:${port}`, failures: 3, lastFailure: 'the connection was refused' },
    ]);
    expect(made.circuits()[0]!.state).not.toBe('closed');
    await sleep(300);
    expect(recovered).toEqual([]);
    const back = await new ScriptedServer((_request, response) => json(response, 200, {})).start(port);
    open.push(() => back.stop());
    await until(() => recovered.length > 0);
    expect(recovered).toEqual([`127.0.0.1:${port}`]);
    expect(made.circuits()).toMatchObject([{ state: 'closed', failures: 0 }]);
    await made.call(spec(server.url));
  });

  it('lets nobody but the probe through until the host answers', async () => {
    let probes = 0;
    let failing = true;
    const server = await serve((request, response) => {
      if (request.method === 'HEAD') probes += 1;
      json(response, failing ? 503 : 200, {});
    });
    const made = client();
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 5 }, () => quiet(made.call(spec(server.url)))));
    const before = server.requests.length;
    await until(async () => {
      await Promise.all(Array.from({ length: 20 }, () => quiet(made.call(spec(server.url)))));
      return probes >= 5;
    });
    expect(server.requests).toHaveLength(before);
    // Each no sooner than 80 ms, which is 100 ms and a fifth of jitter, after the one before, or after the failures.
    expect(performance.now() - startedAt).toBeGreaterThan(5 * 80 * 0.95);
    const recovered = new Promise((resolve) => made.onRecovered(resolve));
    failing = false;
    await recovered;
    expect((await made.call(spec(server.url))).status).toBe(200);
  });

  it('finds a host again that swallowed what it was looked for with, without waiting for the look that hangs', async () => {
    let swallowing = true;
    let looks = 0;
    const server = await serve((request, response) => {
      if (request.method === 'HEAD') looks += 1;
      if (!swallowing) json(response, 200, {});
      else if (request.method !== 'HEAD') response.destroy();
    });
    const made = client({ breaker: { probeEveryMs: 100, failuresInRow: 1 } });
    const recovered = new Promise<void>((resolve) => {
      made.onRecovered(() => resolve());
    });
    await quiet(made.call(spec(server.url)));
    expect(made.circuits()[0]!.state).not.toBe('closed');
    await until(() => looks > 2);
    swallowing = false;
    const watch = new Stopwatch();
    await recovered;
    // Within a look's pause; the ones that hang would do so for seconds.
    expect(watch.stop()).toBeLessThan(promised(300));
    expect((await made.call(spec(server.url))).status).toBe(200);
  });

  it('takes any answer of the host as a sign of life, as 403 or 404 to a bare HEAD', async () => {
    let status = 500;
    const server = await serve((request, response) => {
      json(response, request.method === 'HEAD' ? 403 : status, {});
    });
    const made = client();
    for (let i = 0; i < 3; i += 1) await quiet(made.call(spec(server.url)));
    status = 200;
    await until(() => made.circuits()[0]!.state === 'closed');
    expect((await made.call(spec(server.url))).status).toBe(200);
  });

  it.each([400, 401, 403, 404, 429])(
    'stays closed through any number of answers with status %i',
    async (status) => {
      const server = await serve((_request, response) => json(response, status, {}, { 'retry-after': '60' }));
      const made = client();
      for (let i = 0; i < 20; i += 1) await quiet(made.call(spec(server.url), { maxWaitMs: 0 }));
      expect(made.circuits()).toMatchObject([{ state: 'closed', failures: 0 }]);
    },
  );

  it('opens when most requests fail, though not in a row', async () => {
    const server = await serve((_request, response, number) =>
      json(response, number % 3 === 0 ? 200 : 500, {}),
    );
    const made = client({
      breaker: { failuresInRow: 100, minimumRequests: 6, windowMs: 600_000, probeEveryMs: 600_000 },
    });
    let sent = 0;
    for (let i = 0; i < 20; i += 1) {
      const end = (await quiet(made.call(spec(server.url)))) as { name?: string };
      if (end.name === 'CircuitOpenError') break;
      sent += 1;
    }
    expect(sent).toBeLessThan(12);
    expect(made.circuits()).toMatchObject([{ state: 'open' }]);
  });

  it('is not moved by callers who give up', async () => {
    const server = await serve(() => undefined);
    const made = client();
    for (let given = 1; given <= 5; given += 1) {
      const stop = new AbortController();
      const call = quiet(made.call(spec(server.url), { signal: stop.signal }));
      await until(() => server.requests.length === given);
      stop.abort();
      expect(await call).toMatchObject({ name: 'AbortError' });
    }
    expect(made.circuits()).toMatchObject([{ state: 'closed', failures: 0 }]);
  });

  it('is its own for each host', async () => {
    const good = await serve((_request, response) => json(response, 200, {}));
    const bad = await serve((_request, response) => json(response, 500, {}));
    const made = client();
    for (let i = 0; i < 4; i += 1) await quiet(made.call(spec(bad.url)));
    expect((await made.call(spec(good.url))).status).toBe(200);
  });

  it('costs no rate token and no access token while it is open', async () => {
    const server = await serve((_request, response) => json(response, 500, {}));
    const backend = await openBackend('memory:');
    open.push(async () => backend[Symbol.asyncDispose]());
    const tracker = new RateTracker({ buckets: backend.buckets });
    const plan = { key: 'a', label: 'a', ratePerSecond: 0.001, burst: 10, source: 'published' as const };
    const made = client({ breaker: { probeEveryMs: 600_000 } });
    let asked = 0;
    const authorize = async () => {
      asked += 1;
      return {};
    };
    for (let i = 0; i < 8; i += 1) {
      await quiet(made.call(spec(server.url, { rate: { tracker, plans: [plan] }, authorize })));
    }
    expect(asked).toBe(3);
    const [state] = await tracker.inspect();
    expect(Math.round(state!.level)).toBe(7);
  });

  it('gives the rate token back when the request was surely not sent', async () => {
    const server = await serve(() => undefined);
    await server.stop();
    open.pop();
    const backend = await openBackend('memory:');
    open.push(async () => backend[Symbol.asyncDispose]());
    const tracker = new RateTracker({ buckets: backend.buckets });
    const plan = { key: 'a', label: 'a@acme', ratePerSecond: 0.001, burst: 10, source: 'published' as const };
    const made = client();
    const error = await quiet(made.call(spec(server.url, { rate: { tracker, plans: [plan] } })));
    expect(error).toMatchObject({ outcome: 'not-sent', rate: { bucket: 'a@acme', burst: 10 } });
    expect(await tracker.inspect()).toMatchObject([{ level: 10, inFlight: 0 }]);
  });
});
