import { openBackend } from '@fluxori/backend';
import {
  type Logger,
  type LogLevel,
  type Metrics,
  noMetrics,
  noTracing,
  type Span,
  type SpanAttributes,
  silentLogger,
  type Tracing,
} from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { circuitGauges } from '../breaker/circuit-gauges.js';
import { metricNames } from '../metric-names.js';
import { rateGauges } from '../rate/rate-gauges.js';
import { RateTracker } from '../rate/rate-tracker.js';
import type { UsagePlan } from '../rate/usage-plan.js';
import { plainError } from '../testing/plain-error.js';
import { json, type Script, ScriptedServer } from '../testing/scripted-server.js';
import { TokenCache } from '../token/token-cache.js';
import { TokenManager } from '../token/token-manager.js';
import type { CallSpec } from './call-spec.js';
import { NetworkAwareClient, type NetworkAwareClientOptions } from './network-aware-client.js';

interface ToldSpan {
  readonly name: string;
  readonly attributes: SpanAttributes;
  readonly parent: string | undefined;
  readonly kind: string | undefined;
}

/** Remembers spans in the order in which they began. Good for calls one after the other. */
class SpanRecorder implements Tracing {
  readonly spans: ToldSpan[] = [];
  readonly #open: string[] = [];

  async span<T>(
    name: string,
    attributes: SpanAttributes,
    run: (span: Span) => Promise<T>,
    options: { kind?: string } = {},
  ): Promise<T> {
    const told = { name, attributes: { ...attributes }, parent: this.#open.at(-1), kind: options.kind };
    this.spans.push(told);
    this.#open.push(name);
    try {
      return await run({ set: (more) => void Object.assign(told.attributes, more) });
    } finally {
      this.#open.pop();
    }
  }

  current(): string | undefined {
    return undefined;
  }
}

/** Adds up what was told: `name{label=value,…}` -> sum. Of durations, how many. */
class Sums implements Metrics {
  readonly sums: Record<string, number> = {};
  #add(name: string, labels: Readonly<Record<string, string>> = {}, by: number): void {
    const text = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
    const key = `${name}{${text.join(',')}}`;
    this.sums[key] = (this.sums[key] ?? 0) + by;
  }
  count(name: string, labels?: Readonly<Record<string, string>>, by = 1): void {
    this.#add(name, labels, by);
  }
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void {
    this.#add(name, labels, value);
  }
  duration(name: string, _ms: number, labels?: Readonly<Record<string, string>>): void {
    this.#add(name, labels, 1);
  }
}

function recordingLogger(lines: Record<string, unknown>[], level: LogLevel = 'debug'): Logger {
  return {
    ...silentLogger,
    debug: (fields, message) => lines.push({ ...fields, message }),
    enabled: (asked) => level === 'debug' || asked !== 'debug',
  };
}

let server: ScriptedServer;
let client: NetworkAwareClient;
beforeEach(async () => {
  server = await new ScriptedServer((_, response) => json(response, 200, {})).start();
});
afterEach(async () => {
  await client.close();
  await server.stop();
});

const open = (options: NetworkAwareClientOptions = {}) => {
  client = new NetworkAwareClient({ retry: { baseMs: 1, capMs: 2 }, ...options });
  return client;
};
const spec = (more: Partial<CallSpec> = {}): CallSpec => ({
  operation: 'orders.searchOrders',
  account: 'acme-za',
  method: 'GET',
  url: `${server.url}/orders?buyer=somebody`,
  idempotent: true,
  toError: plainError,
  ...more,
});
const plan: UsagePlan = {
  key: 'app/acme/orders.searchOrders',
  label: 'orders.searchOrders@acme-za',
  ratePerSecond: 50,
  burst: 5,
  source: 'published',
  observable: true,
};
/** Fails once with this status, then answers. */
const failsOnce =
  (status: number, body: unknown = {}): Script =>
  (_, response, number) =>
    json(response, number === 1 ? status : 200, number === 1 ? body : {}, {
      'x-amzn-RequestId': `req-${number}`,
    });

describe('a call', () => {
  it('is a span with one for each attempt in it, which lead to Amazon’s request id', async () => {
    const tracing = new SpanRecorder();
    server.script = failsOnce(503);
    await open({ tracing }).call(spec(), { waiter: 'orders-1', correlationId: 'web-7', priority: 'high' });
    const attempt = {
      'http.request.method': 'GET',
      'server.address': '127.0.0.1',
      'server.port': server.port,
      'url.scheme': 'http',
      'fluxori.operation': 'orders.searchOrders',
    };
    expect(tracing.spans).toEqual([
      {
        name: 'fluxori.call orders.searchOrders',
        parent: undefined,
        kind: undefined,
        attributes: {
          'fluxori.operation': 'orders.searchOrders',
          'fluxori.account': 'acme-za',
          'fluxori.job.id': 'orders-1',
          'fluxori.correlation_id': 'web-7',
          'fluxori.priority': 'high',
          'fluxori.attempts': 2,
        },
      },
      {
        name: 'fluxori.attempt',
        parent: 'fluxori.call orders.searchOrders',
        kind: 'client',
        attributes: {
          ...attempt,
          'http.response.status_code': 503,
          'fluxori.request_id': 'req-1',
          'error.type': '503',
        },
      },
      {
        name: 'fluxori.attempt',
        parent: 'fluxori.call orders.searchOrders',
        kind: 'client',
        attributes: {
          ...attempt,
          'http.request.resend_count': 1,
          'http.response.status_code': 200,
          'fluxori.request_id': 'req-2',
        },
      },
    ]);
    // What stands in an address may be a buyer's.
    expect(JSON.stringify(tracing.spans)).not.toContain('somebody');
  });

  it('has the fetching of its token as a call of its own inside, and how long it waited for its limit', async () => {
    const tracing = new SpanRecorder();
    await using backend = await openBackend('memory:');
    const tracker = new RateTracker({ buckets: backend.buckets });
    server.script = (request, response) =>
      json(response, 200, request.url === '/token' ? { access_token: 'Atza|x', expires_in: 3600 } : {});
    const http = open({ tracing });
    const cache = new TokenCache({ keyValues: backend.keyValues, locks: backend.locks });
    const tokens = new TokenManager({ url: `${server.url}/token`, http, cache });
    const seller = { clientId: 'c', clientSecret: 's', account: 'acme-za', refreshToken: 'r' };
    const authorize = async () => ({ 'x-amz-access-token': (await tokens.getToken(seller)).access_token });
    await http.call(spec({ authorize, rate: { tracker, plans: [plan] } }));
    expect(tracing.spans.map(({ name, parent }) => [name, parent])).toEqual([
      ['fluxori.call orders.searchOrders', undefined],
      ['fluxori.call lwa.token', 'fluxori.call orders.searchOrders'],
      ['fluxori.attempt', 'fluxori.call lwa.token'],
      ['fluxori.attempt', 'fluxori.call orders.searchOrders'],
    ]);
    expect(tracing.spans[3]!.attributes['fluxori.rate.wait_ms']).toEqual(expect.any(Number));
    expect(tracing.spans[2]!.attributes).not.toHaveProperty('fluxori.rate.wait_ms');
    cache.close();
  });

  it('that gets no answer says so in its span, with what went wrong', async () => {
    const tracing = new SpanRecorder();
    server.script = (_, response) => void response.destroy();
    await expect(open({ tracing }).call(spec({ idempotent: false }))).rejects.toThrow();
    expect(tracing.spans[1]!.attributes).toMatchObject({
      'error.type': 'NETWORK_INTERRUPTED',
      'fluxori.outcome': 'unknown',
    });
  });

  it('writes a line for each attempt that leads from the job to the request id', async () => {
    const lines: Record<string, unknown>[] = [];
    server.script = failsOnce(503);
    await open({ logger: recordingLogger(lines) }).call(spec(), { waiter: 'orders-1' });
    const host = `127.0.0.1:${server.port}`;
    const whose = { operation: 'orders.searchOrders', account: 'acme-za', jobId: 'orders-1', host };
    const durationMs = expect.any(Number);
    expect(lines).toEqual([
      {
        ...whose,
        attempt: 1,
        status: 503,
        requestId: 'req-1',
        durationMs,
        message: 'An attempt was answered.',
      },
      {
        ...whose,
        attempt: 1,
        requestId: 'req-1',
        reason: 'refused',
        pauseMs: expect.any(Number),
        message: 'The attempt failed and will be repeated.',
      },
      {
        ...whose,
        attempt: 2,
        status: 200,
        requestId: 'req-2',
        durationMs,
        message: 'An attempt was answered.',
      },
    ]);
  });

  it('builds no line that nobody reads', async () => {
    const lines: Record<string, unknown>[] = [];
    await open({ logger: recordingLogger(lines, 'info') }).call(spec());
    expect(lines).toEqual([]);
  });

  it('asks nothing of tracing and metrics that are none', async () => {
    const untouched: string[] = [];
    const spied = [noTracing, noMetrics] as unknown as Record<string, (...args: unknown[]) => unknown>[];
    const originals = spied.map((one) => ({ ...one }));
    for (const one of spied) {
      for (const [name, original] of Object.entries(one)) {
        one[name] = (...args) => {
          untouched.push(name);
          return original(...args);
        };
      }
    }
    try {
      server.script = failsOnce(503);
      await open().call(spec());
    } finally {
      for (const [index, one] of spied.entries()) Object.assign(one, originals[index]);
    }
    expect(untouched).toEqual([]);
  });
});

describe('metrics', () => {
  it('count answers, repeats, refusals and tokens by what they are, and never by account or bucket', async () => {
    const metrics = new Sums();
    await using backend = await openBackend('memory:');
    const tracker = new RateTracker({ buckets: backend.buckets, metrics });
    const rate = { tracker, plans: [plan] };
    const http = open({ metrics, retry: { baseMs: 1, capMs: 2, maxThrottles: 1 } });
    server.script = (_, response, number) => {
      if (number === 1) json(response, 429, {});
      else if (number === 2) json(response, 503, {});
      else if (number === 3) response.destroy();
      else json(response, 200, {}, { 'x-amzn-RateLimit-Limit': '40' });
    };
    await http.call(spec({ rate }));
    // More at once than the bucket gains, also where it has time to fill up in between.
    const asked = Array.from({ length: 50 }, () => tracker.acquire([plan], { maxWaitMs: 0 }));
    await Promise.allSettled(asked);
    const host = `127.0.0.1:${server.port}`;
    const here = `host=${host},operation=orders.searchOrders`;
    const limit = 'limit=orders.searchOrders,scope=account';
    expect(metrics.sums).toMatchObject({
      [`fluxori_http_answers_total{${here},status=429}`]: 1,
      [`fluxori_http_answers_total{${here},status=503}`]: 1,
      [`fluxori_http_answers_total{${here},status=200}`]: 1,
      [`fluxori_http_attempt_duration_seconds{${here}}`]: 3,
      [`fluxori_http_failures_total{${here},code=NETWORK_INTERRUPTED,outcome=unknown}`]: 1,
      'fluxori_http_retries_total{operation=orders.searchOrders,reason=throttled}': 1,
      'fluxori_http_retries_total{operation=orders.searchOrders,reason=refused}': 1,
      'fluxori_http_retries_total{operation=orders.searchOrders,reason=unanswered}': 1,
      'fluxori_http_throttled_total{operation=orders.searchOrders}': 1,
      [`fluxori_rate_changes_total{${limit}}`]: 1,
    });
    const granted = metrics.sums[`fluxori_rate_granted_total{${limit}}`] ?? 0;
    const refused = metrics.sums[`fluxori_rate_refused_total{${limit}}`] ?? 0;
    expect(granted + refused).toBe(54);
    expect(refused).toBeGreaterThan(0);
    expect(metrics.sums[`fluxori_rate_wait_duration_seconds{${limit}}`]).toBe(granted);
    expect(Object.keys(metrics.sums).join()).not.toMatch(/acme/);
  });

  it('tell when the token in use expires, also of one that another process fetched', async () => {
    await using backend = await openBackend('memory:');
    server.script = (_, response) => json(response, 200, { access_token: 'Atza|x', expires_in: 3600 });
    const http = open();
    const expiryIn = async () => {
      const metrics = new Sums();
      const cache = new TokenCache({ keyValues: backend.keyValues, locks: backend.locks });
      const tokens = new TokenManager({ url: server.url, http, cache, metrics });
      const seller = { clientId: 'c', clientSecret: 's', account: 'acme-za', refreshToken: 'r' };
      const token = await tokens.getToken(seller);
      await tokens.getToken(seller);
      cache.close();
      expect(metrics.sums[`${metricNames.tokenExpiry}{account=acme-za}`]).toBe(
        Math.floor(token.created_at / 1_000 + token.expires_in),
      );
    };
    await expiryIn();
    await expiryIn();
    expect(server.requests).toHaveLength(1);
  });
});

describe('gauges', () => {
  const signal = new AbortController().signal;

  it('add the buckets up by limit, whatever the number of accounts', async () => {
    await using backend = await openBackend('memory:');
    const tracker = new RateTracker({ buckets: backend.buckets });
    for (let account = 0; account < 50; account++) {
      const own = {
        ...plan,
        key: `app/${account}/orders`,
        label: `orders.searchOrders@seller-${account}`,
        burst: 1,
        ratePerSecond: 0.01,
      };
      await tracker.acquire([
        own,
        { ...own, key: 'app/all', label: 'orders.searchOrders@application', observable: false, burst: 100 },
      ]);
      if (account < 10)
        await tracker.acquire([own], { maxWaitMs: 0, waiter: `job-${account}` }).catch(() => {});
    }
    const samples = await rateGauges(tracker).read({ signal });
    const told = (scope: string) =>
      Object.fromEntries(
        samples.filter(({ labels }) => labels?.scope === scope).map(({ name, value }) => [name, value]),
      );
    expect(samples.every(({ labels }) => labels?.limit === 'orders.searchOrders')).toBe(true);
    expect(told('account')).toMatchObject({
      fluxori_rate_buckets: 50,
      fluxori_rate_empty_buckets: 50,
      fluxori_rate_capacity_tokens_per_second: expect.closeTo(0.5),
      fluxori_rate_in_flight_requests: 50,
      fluxori_rate_waiting_calls: 10,
    });
    expect(told('application')).toMatchObject({ fluxori_rate_buckets: 1, fluxori_rate_empty_buckets: 0 });
  });

  it('tell every host’s circuit, also of one that never failed', async () => {
    const http = open({ breaker: { failuresInRow: 1, probeEveryMs: 60_000 }, retry: { maxAttempts: 1 } });
    await http.call(spec());
    const host = `127.0.0.1:${server.port}`;
    const circuit = () => circuitGauges(http).read({ signal });
    expect(await circuit()).toEqual([{ name: 'fluxori_circuit_state', labels: { host }, value: 0 }]);
    server.script = (_, response) => json(response, 503, {});
    await http.call(spec()).catch(() => {});
    expect(await circuit()).toEqual([{ name: 'fluxori_circuit_state', labels: { host }, value: 2 }]);
  });
});
