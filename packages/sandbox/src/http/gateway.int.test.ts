import { globalAgent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../sandbox.js';
import { startSandbox } from '../start-sandbox.js';
import { Wire, type WireRequest } from '../testing/wire.js';

const search = '/orders/2026-01-01/orders';
const since = { lastUpdatedAfter: '2026-01-01T00:00:00Z' };
const listing = (sandbox: Sandbox) => `/listings/2021-08-01/items/${sandbox.credentials.sellerId}/A`;

describe('The gateway', () => {
  let sandbox: Sandbox;
  let wire: Wire;

  beforeAll(async () => {
    sandbox = await startSandbox({ orders: 20, skus: 10, rateLimits: false });
    wire = new Wire(sandbox);
  });
  afterAll(() => sandbox.close());

  it('gives the request id, the date and the rate with every success', async () => {
    const { status, headers } = await wire.get(search, since);
    expect(status).toBe(200);
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['x-amzn-ratelimit-limit']).toBe('0.0056');
    expect(Date.parse(headers.date as string)).toBeGreaterThan(0);
    expect(headers['content-type']).toBe('application/json');
  });

  it('writes a whole rate with a decimal', async () => {
    const query = {
      granularityType: 'Marketplace',
      granularityId: 'AE08WJ6YKNBMC',
      marketplaceIds: 'AE08WJ6YKNBMC',
    };
    expect((await wire.get('/fba/inventory/v1/summaries', query)).headers['x-amzn-ratelimit-limit']).toBe(
      '2.0',
    );
  });

  it('gives the rate with 400 and 404, and not with 403', async () => {
    const rate = 'x-amzn-ratelimit-limit';
    expect((await wire.get(search)).headers).toHaveProperty(rate);
    const missing = await wire.get('/orders/2026-01-01/orders/123-1234567-1234567');
    expect(missing.status).toBe(404);
    expect(missing.headers).toHaveProperty(rate);
    expect((await wire.get(search, since, { token: null })).headers).not.toHaveProperty(rate);
  });

  const refusals: readonly [string, (sandbox: Sandbox) => WireRequest, number, RegExp][] = [
    ['an unknown parameter', () => ({ path: search, query: { ...since, colour: 'red' } }), 400, /colour/],
    [
      'a parameter in other case',
      () => ({ path: search, query: { LastUpdatedAfter: since.lastUpdatedAfter } }),
      400,
      /LastUpdatedAfter/,
    ],
    [
      'a missing parameter',
      () => ({ path: '/fba/inventory/v1/summaries' }),
      400,
      /granularityType is required/,
    ],
    [
      'a value that is not listed',
      () => ({ path: search, query: { ...since, fulfillmentStatuses: 'Shipped' } }),
      400,
      /fulfillmentStatuses/,
    ],
    [
      'a malformed date',
      () => ({ path: search, query: { lastUpdatedAfter: 'yesterday' } }),
      400,
      /lastUpdatedAfter/,
    ],
    [
      'a repeated parameter',
      () => ({ path: `${search}?marketplaceIds=A&marketplaceIds=B` }),
      400,
      /more than once/,
    ],
    ['a broken encoding', () => ({ path: `${search}?x=%E0%A4` }), 400, /encoding/],
    ['a path that does not exist', () => ({ path: '/orders/v9/orders' }), 403, /no such operation/],
    [
      'a method that the path does not have',
      () => ({ method: 'DELETE', path: search }),
      403,
      /no such operation/,
    ],
    [
      'no user agent',
      () => ({ path: search, query: since, headers: { 'user-agent': '' } }),
      400,
      /user-agent/,
    ],
    [
      'a user agent beyond 500 characters',
      () => ({ path: search, query: since, headers: { 'user-agent': 'x'.repeat(501) } }),
      400,
      /500/,
    ],
    [
      'a missing body',
      (s) => ({ method: 'PATCH', path: listing(s), query: { marketplaceIds: 'AE08WJ6YKNBMC' } }),
      400,
      /needs a body/,
    ],
    [
      'a body that is not JSON',
      (s) => ({ method: 'PATCH', path: listing(s), query: { marketplaceIds: 'AE08WJ6YKNBMC' }, body: '{' }),
      400,
      /JSON/,
    ],
    [
      'a body of another type',
      (s) => ({ method: 'PATCH', path: listing(s), query: { marketplaceIds: 'AE08WJ6YKNBMC' }, body: [] }),
      400,
      /object/,
    ],
    [
      'another content type',
      (s) => ({
        method: 'PATCH',
        path: listing(s),
        query: { marketplaceIds: 'AE08WJ6YKNBMC' },
        body: {},
        headers: { 'content-type': 'text/plain' },
      }),
      415,
      /application\/json/,
    ],
  ];
  it.each(refusals)('refuses %s', async (_what, request, status, details) => {
    const answer = await wire.call(request(sandbox));
    expect(answer.status).toBe(status);
    expect(answer.json.errors).toHaveLength(1);
    expect(answer.json.errors[0].details).toMatch(details);
    expect(answer.json.errors[0].code).toEqual(expect.any(String));
    expect(answer.headers['x-amzn-requestid']).toBeDefined();
    expect(answer.headers['x-amzn-errortype']).toBeDefined();
  });

  it.each([
    ['two Host headers', 'Host: a\r\nHost: b\r\nUser-Agent: x/1\r\n', '<h1>400 Bad Request</h1>'],
    ['headers beyond all measure', `Host: a\r\nX: ${'x'.repeat(40_000)}\r\n`, '<h1>400 Bad Request</h1>'],
    ['no HTTP at all', '\u0000\r\n', '<h1>400 Bad Request</h1>'],
  ])('answers 400 to %s', async (_what, headers, expected) => {
    const { hostname, port } = new URL(sandbox.endpoints.eu);
    const text = await new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connect(Number(port), hostname, () =>
        socket.write(`GET ${search} HTTP/1.1\r\n${headers}\r\n`),
      );
      socket.on('data', (chunk) => {
        received += chunk.toString();
        if (received.includes(expected)) socket.destroy();
      });
      socket.on('close', () => resolve(received));
      socket.on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain(expected);
  });

  it.each([
    ['a body', { body: '{}' }],
    ['an empty body announced', { headers: { 'content-length': '0' } }],
  ])('leaves a GET with %s to the edge, which answers in HTML', async (_what, rest) => {
    const { status, headers, text } = await wire.call({ path: search, query: since, ...rest });
    expect([status, headers['content-type'], headers.connection]).toEqual([400, 'text/html', 'close']);
    expect(text).toContain('<html>');
    expect(headers).not.toHaveProperty('x-amzn-requestid');
  });

  it('says of an unknown path what API Gateway says', async () => {
    const { status, headers, json } = await wire.get('/orders/v9/orders', undefined, { token: null });
    expect([status, json.errors[0].code]).toEqual([403, 'MissingAuthenticationToken']);
    expect(headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
    expect(json.errors[0].message).toBe('Access to requested resource is denied.');
  });

  it('answers a probe and keeps it out of the other counts', async () => {
    sandbox.resetCounters();
    expect(
      (await wire.call({ method: 'HEAD', path: '/', token: null, headers: { 'user-agent': '' } })).status,
    ).toBe(403);
    expect(sandbox.counters()).toMatchObject({ probes: 1, requests: 0, rejected: 0 });
  });

  it('answers many requests over kept connections', async () => {
    const path = '/orders/2026-01-01/orders/123-1234567-1234567';
    const token = await wire.token();
    const { host } = new URL(sandbox.endpoints.eu);
    const connections = new Set<Socket>();
    for (let i = 0; i < 10; i++) {
      await Promise.all(Array.from({ length: 50 }, () => wire.get(path, undefined, { token })));
      for (const [name, sockets = []] of Object.entries(globalAgent.freeSockets))
        if (name.startsWith(`${host}:`)) for (const socket of sockets) connections.add(socket);
    }
    expect(connections.size).toBeGreaterThan(0);
    // 50 for 500 requests; again as many where this process stood still for so long that the client had given them up.
    expect(connections.size).toBeLessThanOrEqual(250);
  });
});

describe('startSandbox', () => {
  it('lists every problem of its options', async () => {
    const wrong = { orders: -1, marketplaces: ['Mars'], colour: 1 };
    await expect(startSandbox(wrong as never)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      problems: [
        expect.stringContaining('orders'),
        expect.stringContaining('Mars'),
        expect.stringContaining('colour'),
      ],
    });
  });

  it('refuses a plan for an operation that does not exist', async () => {
    const plans = { 'orders.serchOrders': { rate: 1, burst: 1 } };
    await expect(startSandbox({ plans })).rejects.toMatchObject({
      problems: [expect.stringContaining('serchOrders')],
    });
  });

  it('closes at once, with a request under way and idle connections open', async () => {
    const sandbox = await startSandbox({ orders: 5, skus: 5 });
    const wire = new Wire(sandbox);
    await wire.token();
    // Longer than this test may take: whoever waits for the answer does not get through it.
    await sandbox.faults.set({ kind: 'latency', ms: 600_000 });
    const hanging = wire.get('/sellers/v1/account').catch((error: unknown) => error);
    while (sandbox.faults.list()[0]?.hits === 0) await wait(5);
    await sandbox.close();
    await sandbox.close();
    expect(await hanging).toHaveProperty('code', 'ECONNRESET');
    await expect(wire.refresh()).rejects.toThrow();
  });
});
