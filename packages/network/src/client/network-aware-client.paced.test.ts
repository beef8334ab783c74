import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { isErrorOf } from '@fluxori/core';
import { clockIsHeld, promised, Stopwatch } from '@fluxori/test-services';
import { afterEach, describe, expect, it } from '@jest/globals';
import { plainError } from '../testing/plain-error.js';
import { json, type Script, ScriptedServer } from '../testing/scripted-server.js';
import { until } from '../testing/until.js';
import type { CallOptions, CallSpec } from './call-spec.js';
import { NetworkAwareClient, type NetworkAwareClientOptions } from './network-aware-client.js';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await new ScriptedServer(script).start();
  open.push(() => server.stop());
  return server;
}

function client(options: NetworkAwareClientOptions = {}): NetworkAwareClient {
  const made = new NetworkAwareClient({
    retry: { baseMs: 5, capMs: 20 },
    env: {},
    breaker: { failuresInRow: 100, minimumRequests: 1000 },
    ...options,
  });
  open.push(() => made.close());
  return made;
}

function spec(url: string, more: Partial<CallSpec> = {}): CallSpec {
  return {
    operation: 'orders.getOrder',
    account: 'acme-za',
    method: 'GET',
    url,
    idempotent: true,
    headers: { 'x-amz-access-token': 'Atza|very-secret' },
    toError: plainError,
    ...more,
  };
}

/** The error of a call, after a look that nothing secret is in any part of it. */
async function failure(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  const printed = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
  expect(printed).not.toMatch(/very-secret|Atza|Atzr|amzn1\.oa2/);
  return error as Error & Record<string, unknown>;
}

const call = (on: NetworkAwareClient, url: string, more: Partial<CallSpec> = {}, options: CallOptions = {}) =>
  on.call(spec(url, more), options);

describe('an answer', () => {
  it('keeps a character whole whose bytes came in two pieces', async () => {
    const bytes = Buffer.from(JSON.stringify({ city: 'Malmö 東京 😀' }));
    const server = await serve(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (const byte of bytes) {
        response.write(Buffer.from([byte]));
        await sleep(1);
      }
      response.end();
    });
    const answer = await call(client(), server.url);
    expect(answer.body).toEqual({ city: 'Malmö 東京 😀' });
  });

  it('is decompressed, and rid of a byte order mark', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
      response.end(gzipSync('\ufeff{"ok":true}'));
    });
    expect((await call(client(), server.url)).body).toEqual({ ok: true });
  });

  it('is read in the charset that it names', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=ISO-8859-1' });
      response.end(Buffer.from('{"name":"Müller"}', 'latin1'));
    });
    expect((await call(client(), server.url)).body).toEqual({ name: 'Müller' });
  });

  it('may be empty where nothing was promised', async () => {
    const server = await serve((request, response) => {
      response.writeHead(request.url === '/204' ? 204 : 200).end();
    });
    expect((await call(client(), `${server.url}/204`)).status).toBe(204);
    expect((await call(client(), `${server.url}/200`, { expect: 'json-or-nothing' })).body).toBeUndefined();
  });

  it.each([
    ['HTML', '<html><body>Service</body></html>', 'HTML'],
    ['nothing', '', 'empty'],
    ['cut off JSON', '{"orders":[{"id":"90', 'cut off'],
    ['plain text', 'OK', 'not JSON'],
  ])(
    'that is %s with status 200 is unreadable, and tried again only when idempotent',
    async (_name, body, why) => {
      const server = await serve((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'X-AMZN-requestID': 'abc-1' });
        response.end(body);
      });
      const error = await failure(call(client(), server.url));
      expect(error).toMatchObject({
        code: 'REMOTE_UNREADABLE',
        retryable: true,
        requestId: 'abc-1',
        attempts: 4,
        operation: 'orders.getOrder',
        account: 'acme-za',
      });
      expect(error.message).toContain(why);
      expect(error.at).toBeInstanceOf(Date);
      server.requests.length = 0;
      const once = await failure(
        call(client(), server.url, { method: 'POST', idempotent: false, body: '{}' }),
      );
      expect(once).toMatchObject({ code: 'REMOTE_UNREADABLE', retryable: false, attempts: 1 });
      expect(server.requests).toHaveLength(1);
    },
  );

  it('that is too large ends the call', async () => {
    const gzipped = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(1_000_000, ' ')));
    });
    const small = client({ maxAnswerBytes: 10_000 });
    expect(await failure(call(small, gzipped.url))).toMatchObject({ code: 'REMOTE_UNREADABLE', attempts: 1 });
  });

  it('that is broken compression is unreadable', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end('this is not gzip');
    });
    expect(await failure(call(client(), server.url))).toMatchObject({
      code: 'REMOTE_UNREADABLE',
      retryable: true,
    });
  });

  it('that redirects is not followed, so that no token goes to another host', async () => {
    const elsewhere = await serve((_request, response) => json(response, 200, {}));
    const server = await serve((_request, response) => {
      response.writeHead(302, { location: elsewhere.url }).end();
    });
    expect(await failure(call(client(), server.url))).toMatchObject({ status: 302 });
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('that is an HTML error page becomes the connector’s error', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(400, { 'content-type': 'text/html' }).end('<h1>400 Request Header Too Large</h1>');
    });
    expect(await failure(call(client(), server.url))).toMatchObject({ status: 400, attempts: 1 });
  });
});

describe('a repeat', () => {
  it.each([500, 502, 503, 504])('follows status %i when idempotent', async (status) => {
    const server = await serve((_request, response, number) =>
      json(response, number < 3 ? status : 200, { number }),
    );
    expect((await call(client(), server.url)).body).toEqual({ number: 3 });
  });

  it.each([400, 401, 403, 404, 409, 413, 415, 422, 501])('does not follow status %i', async (status) => {
    const server = await serve((_request, response) => json(response, status, {}));
    expect(await failure(call(client(), server.url))).toMatchObject({
      status,
      attempts: 1,
      requestId: 'req-1',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('does not follow a server error when the call is not idempotent', async () => {
    const server = await serve((_request, response) => json(response, 503, {}));
    await failure(call(client(), server.url, { method: 'POST', idempotent: false, body: '{}' }));
    expect(server.requests).toHaveLength(1);
  });

  it('ends after the attempts that are allowed', async () => {
    const server = await serve((_request, response) => json(response, 503, {}));
    expect(await failure(call(client({ retry: { maxAttempts: 2, baseMs: 1 } }), server.url))).toMatchObject({
      status: 503,
      attempts: 2,
    });
    expect(server.requests).toHaveLength(2);
  });

  it('waits as long as Retry-After says', async () => {
    const server = await serve((_request, response, number) =>
      number === 1 ? json(response, 503, {}, { 'retry-after': '1' }) : json(response, 200, {}),
    );
    await call(client(), server.url);
    expect(server.requests[1]!.at - server.requests[0]!.at).toBeGreaterThanOrEqual(990);
  });

  it('is given up at once when Retry-After lies beyond the deadline', async () => {
    const server = await serve((_request, response) => json(response, 503, {}, { 'retry-after': '600' }));
    const watch = new Stopwatch();
    await failure(call(client(), server.url, {}, { deadlineMs: 300_000 }));
    expect(watch.stop()).toBeLessThan(promised(500));
    expect(server.requests).toHaveLength(1);
  });

  it('stays within the deadline of the call', async () => {
    const server = await serve(() => undefined);
    const watch = new Stopwatch();
    const error = await failure(
      call(client({ timeouts: { firstByteMs: 200 } }), server.url, {}, { deadlineMs: 500 }),
    );
    expect(watch.stop()).toBeLessThan(promised(700));
    expect(error).toMatchObject({ code: 'NETWORK_TIMEOUT' });
    // On a machine that stood still before the first attempt, the deadline is over before anything was sent.
    if (clockIsHeld) expect(error.outcome).toBe('unknown');
  });
});

describe('a call whose options are there but undefined', () => {
  it('has the deadline of the client all the same', async () => {
    const server = await serve(() => undefined);
    const impatient = client({ deadlineMs: 300, timeouts: { firstByteMs: 120_000 } });
    const watch = new Stopwatch();
    await failure(call(impatient, server.url, {}, { deadlineMs: undefined }));
    expect(watch.stop()).toBeLessThan(promised(1_000));
  });

  it('has the timeouts, repeats and circuit of the defaults all the same', async () => {
    const server = await serve(async (_request, response, number) => {
      await sleep(50);
      json(response, number === 1 ? 503 : 200, {});
    });
    const made = client({
      timeouts: { connectMs: undefined, firstByteMs: undefined, idleMs: undefined, attemptMs: undefined },
      retry: { maxAttempts: undefined, maxThrottles: undefined, baseMs: 5, capMs: undefined },
      breaker: { failuresInRow: undefined, minimumRequests: undefined, probeEveryMs: undefined },
    });
    await expect(call(made, server.url)).resolves.toMatchObject({ status: 200 });
    expect(made.circuits()).toMatchObject([{ state: 'closed' }]);
  });
});

describe('a throttled call without a tracker', () => {
  it('waits and is repeated, also when it is not idempotent', async () => {
    const server = await serve((_request, response, number) =>
      number === 1 ? json(response, 429, {}, { 'retry-after': '0.2' }) : json(response, 200, {}),
    );
    await call(client(), server.url, { method: 'POST', idempotent: false, body: '{}' });
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]!.at - server.requests[0]!.at).toBeGreaterThanOrEqual(190);
  });

  it('says when to come back, when that is further away than it may wait', async () => {
    const comeBack = new Date(Date.now() + 60_000).toUTCString();
    const server = await serve((_request, response) => json(response, 429, {}, { 'retry-after': comeBack }));
    const error = await failure(call(client(), server.url, {}, { maxWaitMs: 1_000 }));
    expect(error).toMatchObject({ code: 'RATE_LIMITED', requestId: 'req-1', attempts: 1 });
    expect(error.retryAt).toEqual(new Date(comeBack));
  });

  it('is given up after a bounded number of refusals', async () => {
    const server = await serve((_request, response) => json(response, 429, {}));
    const error = await failure(
      call(client({ retry: { maxThrottles: 2, baseMs: 1, capMs: 2 } }), server.url),
    );
    expect(error).toMatchObject({ code: 'RATE_LIMITED', attempts: 3 });
    expect(server.requests).toHaveLength(3);
  });
});

describe('an expired token', () => {
  const expired = (answer: { status: number; text: string }) =>
    answer.status === 403 && answer.text.includes('expired');

  it('is renewed once and the call repeated', async () => {
    const server = await serve((request, response) =>
      request.headers['x-amz-access-token'] === 'fresh'
        ? json(response, 200, {})
        : json(response, 403, { message: 'The access token expired' }),
    );
    const asked: (boolean | undefined)[] = [];
    await call(client(), server.url, {
      headers: {},
      isExpiredToken: expired,
      authorize: async ({ rejected }) => {
        asked.push(rejected);
        return { 'x-amz-access-token': rejected ? 'fresh' : 'old' };
      },
    });
    expect(asked).toEqual([undefined, true]);
  });

  it('that is refused again ends the call', async () => {
    const server = await serve((_request, response) => json(response, 403, { message: 'expired' }));
    const authorize = async () => ({ 'x-amz-access-token': 'Atza|very-secret' });
    expect(await failure(call(client(), server.url, { isExpiredToken: expired, authorize }))).toMatchObject({
      status: 403,
      attempts: 2,
    });
    expect(server.requests).toHaveLength(2);
  });

  it('is not suspected behind any other 403', async () => {
    const server = await serve((_request, response) => json(response, 403, { message: 'denied' }));
    const authorize = async () => ({ 'x-amz-access-token': 'Atza|very-secret' });
    await failure(call(client(), server.url, { isExpiredToken: expired, authorize }));
    expect(server.requests).toHaveLength(1);
  });
});

describe('a call without an answer', () => {
  const post: Partial<CallSpec> = { method: 'POST', idempotent: false, body: '{"a":1}' };

  it('that was refused a connection was not sent, and is repeated though not idempotent', async () => {
    const server = await serve(() => undefined);
    const { url } = server;
    await server.stop();
    open.pop();
    const error = await failure(call(client(), url, post));
    expect(error).toMatchObject({
      code: 'NETWORK_UNREACHABLE',
      outcome: 'not-sent',
      attempts: 4,
      host: url.slice('http://'.length),
    });
    expect(isErrorOf(error, 'NetworkError')).toBe(true);
  });

  it('whose host has no name was not sent', async () => {
    // Too long for a name: that it is none is known without asking anybody, who may be slow.
    const nowhere = `http://${'n'.repeat(64)}.invalid/`;
    expect(await failure(call(client(), nowhere, post))).toMatchObject({
      code: 'NETWORK_UNREACHABLE',
      outcome: 'not-sent',
    });
  });

  it('that hangs while connecting is timed out, was not sent, and is repeated', async () => {
    // It takes the connection and never speaks TLS; a host that swallows packets ends in the same timer.
    const silent = net.createServer((socket) => open.push(async () => socket.destroy()));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    open.push(async () => silent.close());
    const { port } = silent.address() as net.AddressInfo;
    const watch = new Stopwatch();
    const error = await failure(
      call(
        client({ timeouts: { connectMs: 100 }, retry: { maxAttempts: 2, baseMs: 1 } }),
        `https://127.0.0.1:${port}/`,
        post,
      ),
    );
    expect(watch.stop()).toBeLessThan(promised(1_000));
    expect(error).toMatchObject({ code: 'NETWORK_TIMEOUT', outcome: 'not-sent', attempts: 2 });
  });

  it('that gets no first byte in time has an unknown outcome, and is not repeated unless idempotent', async () => {
    const server = await serve(() => undefined);
    const impatient = client({ timeouts: { firstByteMs: 100 }, retry: { maxAttempts: 2, baseMs: 1 } });
    expect(await failure(call(impatient, server.url, post))).toMatchObject({
      code: 'NETWORK_TIMEOUT',
      outcome: 'unknown',
      attempts: 1,
    });
    expect(await failure(call(impatient, server.url))).toMatchObject({ attempts: 2 });
    await until(() => server.requests.length === 3);
    await until(() => server.waiting === 0);
  });

  it('whose answer stops in the middle is timed out', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a":');
    });
    expect(await failure(call(client({ timeouts: { idleMs: 100 } }), server.url, post))).toMatchObject({
      code: 'NETWORK_TIMEOUT',
      outcome: 'unknown',
    });
  });

  it('whose answer drips without end is ended by the limit of the attempt', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    expect(
      await failure(call(client({ timeouts: { idleMs: 100, attemptMs: 300 } }), server.url, post)),
    ).toMatchObject({ code: 'NETWORK_TIMEOUT', outcome: 'unknown' });
  });

  it.each([
    ['before the answer', (response: { socket: net.Socket | null }) => response.socket?.resetAndDestroy()],
    ['by a plain close', (response: { socket: net.Socket | null }) => response.socket?.destroy()],
  ])('that is cut off %s has an unknown outcome', async (_name, cut) => {
    const server = await serve((_request, response) => {
      cut(response);
    });
    expect(await failure(call(client(), server.url, post))).toMatchObject({
      code: 'NETWORK_INTERRUPTED',
      outcome: 'unknown',
      attempts: 1,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('that is reset in the middle of the body is repeated when idempotent', async () => {
    const server = await serve((_request, response, number) => {
      if (number > 1) return json(response, 200, { ok: true });
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a":', () => response.socket?.resetAndDestroy());
    });
    expect((await call(client(), server.url)).body).toEqual({ ok: true });
    expect(server.requests).toHaveLength(2);
  });

  it('that meets something other than HTTP is interrupted', async () => {
    const garbage = net.createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve));
    open.push(async () => garbage.close());
    const { port } = garbage.address() as net.AddressInfo;
    expect(await failure(call(client(), `http://127.0.0.1:${port}/`, post))).toMatchObject({
      code: 'NETWORK_INTERRUPTED',
    });
  });

  it('whose certificate is not trusted was not sent, and is not repeated', async () => {
    const server = await new ScriptedServer((_request, response) => json(response, 200, {}), {
      secure: true,
    }).start();
    open.push(() => server.stop());
    expect(await failure(call(client(), server.url))).toMatchObject({
      code: 'NETWORK_UNREACHABLE',
      outcome: 'not-sent',
      attempts: 1,
      details: { errorCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    expect(server.requests).toHaveLength(0);
  });

  it('that cannot be put on the wire says so, without the value', async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    const broken = { headers: { 'x-amz-access-token': 'Atza|very-secret\u2028' } };
    const end = await call(client(), server.url, broken).then(
      () => 'sent',
      (error: unknown) => error,
    );
    if (end !== 'sent') await failure(Promise.reject(end));
    expect(await failure(call(client(), '/relative'))).toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('an abort', () => {
  async function abortsAtOnce(
    on: NetworkAwareClient,
    server: ScriptedServer,
    more: Partial<CallSpec> = {},
    requests = 1,
  ): Promise<void> {
    const stop = new AbortController();
    const reason = new Error('the caller left');
    const work = call(on, server.url, more, { signal: stop.signal }).catch((error: unknown) => error);
    await until(() => server.requests.length === requests);
    await sleep(100);
    const watch = new Stopwatch();
    stop.abort(reason);
    expect(await work).toBe(reason);
    expect(watch.stop()).toBeLessThan(promised(50));
    await sleep(150);
    expect(server.requests).toHaveLength(requests);
    // A request that was under way is cut off, not left to run on.
    await until(() => server.waiting === 0);
  }

  it('ends the wait for the first byte', async () => {
    await abortsAtOnce(client(), await serve(() => undefined));
  });

  it('ends the reading of the body', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
    });
    await abortsAtOnce(client(), server);
  });

  it('ends the pause before a repeat', async () => {
    const server = await serve((_request, response) => json(response, 503, {}, { 'retry-after': '60' }));
    await abortsAtOnce(client(), server);
  });

  it('ends the pause of a throttled call', async () => {
    const server = await serve((_request, response) => json(response, 429, {}, { 'retry-after': '60' }));
    await abortsAtOnce(client(), server);
  });

  it('ends the wait for a token', async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    await abortsAtOnce(client(), server, { authorize: () => new Promise(() => undefined) }, 0);
  });

  it('ends the connecting', async () => {
    const silent = net.createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as net.AddressInfo;
    open.push(async () => silent.close());
    const stop = new AbortController();
    const made = client();
    const work = call(made, `https://127.0.0.1:${port}/`, {}, { signal: stop.signal }).catch(
      (e: unknown) => e,
    );
    await sleep(50);
    const watch = new Stopwatch();
    stop.abort(new Error('left'));
    expect(await work).toMatchObject({ message: 'left' });
    expect(watch.stop()).toBeLessThan(promised(50));
    await made.close();
  });

  it('that came before the call sends nothing', async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    await expect(
      call(client(), server.url, {}, { signal: AbortSignal.abort(new Error('no')) }),
    ).rejects.toThrow('no');
    expect(server.requests).toHaveLength(0);
  });
});

describe('what is sent', () => {
  it('has the user agent, and neither body nor length on a GET', async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    await call(client({ userAgent: 'Fluxori/1.0 (Language=JavaScript)' }), `${server.url}/orders?a=1&b=%2C`);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'GET', url: '/orders?a=1&b=%2C', body: '' });
    expect(request!.headers).toMatchObject({ 'user-agent': 'Fluxori/1.0 (Language=JavaScript)' });
    expect(request!.headers).not.toHaveProperty('content-length');
    expect(request!.headers).not.toHaveProperty('content-type');
  });

  it('has a JSON body as it was given', async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    await call(client(), server.url, { method: 'PUT', body: '{"naïve":"é"}' });
    await call(client(), server.url, { method: 'POST', body: new TextEncoder().encode('{"b":1}') });
    await call(client(), server.url, { method: 'POST' });
    expect(server.requests.map((request) => [request.body, request.headers['content-type']])).toEqual([
      ['{"naïve":"é"}', 'application/json'],
      ['{"b":1}', 'application/json'],
      ['', undefined],
    ]);
  });

  it('goes through few connections, one after the other', async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    const made = client();
    for (let i = 0; i < 20; i += 1) await call(made, server.url);
    expect(server.connections).toBe(1);
  });
});
