import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { openBackend } from '@fluxori/backend';
import { type Backend, type Clock, type Logger, systemClock } from '@fluxori/core';
import { promised, Stopwatch } from '@fluxori/test-services';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NetworkAwareClient } from '../client/network-aware-client.js';
import { json, type Script, ScriptedServer } from '../testing/scripted-server.js';
import { until } from '../testing/until.js';
import { TokenCache, type TokenCacheOptions } from './token-cache.js';
import { TokenManager } from './token-manager.js';
import type { SellerTokenRequest } from './token-request.js';

const seller: SellerTokenRequest = {
  clientId: 'amzn1.application-oa2-client.1',
  clientSecret: 'amzn1.oa2-cs.v1.very-secret',
  account: 'acme-za',
  refreshToken: 'Atzr|very-secret',
};

const granted: Script = (_request, response, number) =>
  json(response, 200, { access_token: `Atza|token-${number}`, token_type: 'bearer', expires_in: 3600 });

let backend: Backend;
let lwa: ScriptedServer;
let timeShiftMs: number;
const clients: NetworkAwareClient[] = [];
const clock: Clock = { now: () => Date.now() + timeShiftMs, sleep: systemClock.sleep };

beforeEach(async () => {
  timeShiftMs = 0;
  backend = await openBackend('memory:');
  lwa = await new ScriptedServer(granted).start();
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await lwa.stop().catch(() => undefined);
  await backend[Symbol.asyncDispose]();
});

/** A process of its own, as far as memory goes. Its lock outlasts whatever holds this process up: what a lost one means is told by `loadAlone`. */
function manager(options: Partial<TokenCacheOptions> = {}): TokenManager {
  const http = new NetworkAwareClient({
    env: {},
    retry: { maxAttempts: 2, baseMs: 1 },
    breaker: { probeEveryMs: 100 },
  });
  clients.push(http);
  const { keyValues, locks } = backend;
  const cache = new TokenCache({ keyValues, locks, clock, lockTtlMs: 600_000, ...options });
  return new TokenManager({ url: `${lwa.url}/auth/o2/token`, http, cache, clock });
}

async function failure(work: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error)).not.toMatch(
    /very-secret|Atz|oa2-cs/,
  );
  return error as Record<string, unknown>;
}

describe('a seller’s token', () => {
  it('is asked for by a form and has the fields of ADR-0004', async () => {
    const askedAt = Date.now();
    const token = await manager().getToken(seller);
    expect(token).toMatchObject({ access_token: 'Atza|token-1', token_type: 'bearer', expires_in: 3600 });
    expect(token.created_at).toBeGreaterThanOrEqual(askedAt);
    expect(token.created_at).toBeLessThanOrEqual(Date.now());
    const [request] = lwa.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/auth/o2/token' });
    expect(request!.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(Object.fromEntries(new URLSearchParams(request!.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: seller.refreshToken,
      client_id: seller.clientId,
      client_secret: seller.clientSecret,
    });
  });

  it('is asked for once by many callers and by several processes', async () => {
    lwa.script = async (...args) => {
      await sleep(50);
      await granted(...args);
    };
    const processes = [manager(), manager(), manager()];
    const tokens = await Promise.all(
      processes.flatMap((one) => Array.from({ length: 50 }, () => one.getToken(seller))),
    );
    expect(new Set(tokens.map((token) => token.access_token)).size).toBe(1);
    expect(lwa.requests).toHaveLength(1);
  });

  it('outlives a restart', async () => {
    await manager().getToken(seller);
    expect((await manager().getToken({ ...seller })).access_token).toBe('Atza|token-1');
    expect(lwa.requests).toHaveLength(1);
  });

  it('is each account’s own, and is not used on after a new authorisation', async () => {
    const one = manager();
    const tokens = [
      await one.getToken(seller),
      await one.getToken({ ...seller, account: 'other' }),
      await one.getToken({ ...seller, refreshToken: 'Atzr|another' }),
    ];
    expect(new Set(tokens.map((token) => token.access_token)).size).toBe(3);
  });

  it('leaves no secret in the keys of the store', async () => {
    await manager().getToken(seller);
    lwa.script = (_request, response) => json(response, 400, { error: 'invalid_grant' });
    await failure(manager().getToken({ ...seller, refreshToken: 'Atzr|very-secret-2' }));
    const keys = await backend.keyValues.keys('');
    expect(keys).toHaveLength(2);
    expect(keys.join()).not.toMatch(/Atz|secret|oa2|acme/);
  });

  it('is fetched anew when it has expired', async () => {
    const one = manager();
    await one.getToken(seller);
    timeShiftMs = 3_595_000;
    expect((await one.getToken(seller)).access_token).toBe('Atza|token-2');
  });

  it('is renewed ahead of its end while the old one is used on', async () => {
    const one = manager();
    await one.getToken(seller);
    timeShiftMs = 3_400_000;
    expect((await one.getToken(seller)).access_token).toBe('Atza|token-1');
    await until(async () => (await one.getToken(seller)).access_token === 'Atza|token-2');
    expect(lwa.requests).toHaveLength(2);
  });

  it('that is still valid is given at once while the server hangs, fails or refuses', async () => {
    for (const script of [
      () => undefined,
      (_request, response) => json(response, 503, {}),
      (_request, response) => json(response, 400, { error: 'invalid_grant' }),
    ] satisfies Script[]) {
      lwa.script = granted;
      timeShiftMs = 0;
      const one = manager();
      const account = { ...seller, account: `account-${Math.random()}` };
      const { access_token } = await one.getToken(account);
      lwa.script = script;
      timeShiftMs = 3_400_000;
      const watch = new Stopwatch();
      for (let i = 0; i < 5; i += 1) {
        expect((await one.getToken(account)).access_token).toBe(access_token);
        await sleep(5);
      }
      expect(watch.stop()).toBeLessThan(promised(200));
    }
  });

  it('is not asked for again and again when renewing it ahead fails', async () => {
    const one = manager({ refreshAgainMs: 600_000 });
    await one.getToken(seller);
    lwa.script = (_request, response) => json(response, 400, { error: 'temporarily_unavailable' });
    timeShiftMs = 3_400_000;
    await one.getToken(seller);
    await until(() => lwa.requests.length === 2);
    for (let i = 0; i < 10; i += 1) {
      await one.getToken(seller);
      await sleep(5);
    }
    expect(lwa.requests).toHaveLength(2);
  });

  it('that was refused as expired is replaced, once for all who had it', async () => {
    const processes = [manager(), manager()];
    const [old] = await Promise.all(processes.map((one) => one.getToken(seller)));
    const fresh = await Promise.all(
      processes.flatMap((one) => [1, 2, 3].map(() => one.getToken(seller, { rejected: old!.access_token }))),
    );
    expect(new Set(fresh.map((token) => token.access_token))).toEqual(new Set(['Atza|token-2']));
    expect(lwa.requests).toHaveLength(2);
  });

  it('that was refused is given again when the server knows no other', async () => {
    lwa.script = (_request, response) =>
      json(response, 200, { access_token: 'Atza|always', token_type: 'bearer', expires_in: 3600 });
    const one = manager();
    await one.getToken(seller);
    expect((await one.getToken(seller, { rejected: 'Atza|always' })).access_token).toBe('Atza|always');
    expect(lwa.requests.length).toBeLessThanOrEqual(3);
  });

  it('is not fetched for a caller who has left', async () => {
    lwa.script = () => undefined;
    const stop = new AbortController();
    const one = manager();
    const waiting = one.getToken(seller, { signal: stop.signal });
    const other = manager().getToken(seller, { signal: stop.signal });
    waiting.catch(() => undefined);
    other.catch(() => undefined);
    await until(() => lwa.requests.length > 0);
    await sleep(50);
    const watch = new Stopwatch();
    stop.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    await expect(other).rejects.toThrow('left');
    expect(watch.stop()).toBeLessThan(promised(50));
    await sleep(100);
    expect(lwa.requests).toHaveLength(1);
    lwa.script = granted;
    expect((await one.getToken(seller)).access_token).toBe('Atza|token-2');
  });

  it('comes for those who stay when another caller leaves', async () => {
    const answer = Promise.withResolvers<void>();
    lwa.script = async (...args) => {
      await answer.promise;
      await granted(...args);
    };
    const one = manager();
    const leaving = one.getToken(seller, { signal: AbortSignal.timeout(20) });
    const staying = one.getToken(seller);
    await expect(leaving).rejects.toMatchObject({ name: 'TimeoutError' });
    answer.resolve();
    expect((await staying).access_token).toBe('Atza|token-1');
    expect(lwa.requests).toHaveLength(1);
  });
});

describe('a grantless token', () => {
  it('is asked for with the scope alone, and is each scope’s own', async () => {
    const { clientId, clientSecret } = seller;
    const one = manager();
    await one.getToken({ clientId, clientSecret, scope: 'sellingpartnerapi::notifications' });
    await one.getToken({ clientId, clientSecret, scope: 'sellingpartnerapi::client_credential:rotation' });
    expect(lwa.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
      {
        grant_type: 'client_credentials',
        scope: 'sellingpartnerapi::notifications',
        client_id: clientId,
        client_secret: clientSecret,
      },
      {
        grant_type: 'client_credentials',
        scope: 'sellingpartnerapi::client_credential:rotation',
        client_id: clientId,
        client_secret: clientSecret,
      },
    ]);
  });
});

describe('a refusal', () => {
  it.each([
    [
      400,
      { error: 'invalid_grant', error_description: 'token revoked for Atzr|very-secret' },
      'AUTH_REVOKED',
    ],
    [
      401,
      { error: 'invalid_client', error_description: 'Client authentication failed' },
      'AUTH_CLIENT_INVALID',
    ],
    [
      401,
      { error: 'invalid_client', error_description: 'The client secret has expired' },
      'AUTH_CLIENT_SECRET_EXPIRED',
    ],
    [400, { error: 'unauthorized_client' }, 'AUTH_CLIENT_INVALID'],
    [400, { error: 'invalid_scope' }, 'AUTH_DENIED'],
    [400, { error: 'unsupported_grant_type' }, 'AUTH_DENIED'],
    [400, { error: 'invalid_request' }, 'AUTH_DENIED'],
    [403, { error: 'access_denied' }, 'AUTH_DENIED'],
  ])(
    'with %i %j is permanent, says what to do, and is remembered over a restart',
    async (status, body, code) => {
      lwa.script = (_request, response) => json(response, status, body);
      const first = await failure(manager().getToken(seller));
      expect(first).toMatchObject({
        name: 'AuthenticationError',
        code,
        retryable: false,
        account: 'acme-za',
        operation: 'lwa.token',
        requestId: 'req-1',
        attempts: 1,
        remedy: expect.any(String),
      });
      const again = await failure(manager().getToken({ ...seller }));
      expect(again).toMatchObject({ name: 'AuthenticationError', code, attempts: 0 });
      expect(lwa.requests).toHaveLength(1);
    },
  );

  it('does not stand in the way of a new refresh token', async () => {
    const one = manager();
    lwa.script = (_request, response) => json(response, 400, { error: 'invalid_grant' });
    await failure(one.getToken(seller));
    lwa.script = granted;
    expect((await one.getToken({ ...seller, refreshToken: 'Atzr|new' })).access_token).toBe('Atza|token-2');
  });

  it('does not stand in the way of a new client secret', async () => {
    const one = manager();
    lwa.script = (_request, response) => json(response, 401, { error: 'invalid_client' });
    await failure(one.getToken(seller));
    lwa.script = granted;
    expect((await one.getToken({ ...seller, clientSecret: 'rotated' })).access_token).toBe('Atza|token-2');
  });

  it('can be forgotten by hand', async () => {
    const one = manager();
    lwa.script = (_request, response) => json(response, 400, { error: 'invalid_grant' });
    await failure(one.getToken(seller));
    lwa.script = granted;
    await one.forgetRefusal(seller);
    expect((await one.getToken(seller)).access_token).toBe('Atza|token-2');
  });
});

describe('the log', () => {
  it('tells of refusals and renewals, and holds no secret', async () => {
    const lines: string[] = [];
    const note = (fields: unknown, message: string) => void lines.push(JSON.stringify(fields) + message);
    const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger };
    const http = new NetworkAwareClient({ env: {}, logger, retry: { maxAttempts: 2, baseMs: 1 } });
    clients.push(http);
    const cache = new TokenCache({ keyValues: backend.keyValues, locks: backend.locks, clock, logger });
    const one = new TokenManager({ url: lwa.url, http, cache, clock, logger });
    await one.getToken(seller);
    lwa.script = (_request, response) =>
      json(response, 400, { error: 'invalid_grant', error_description: 'Atzr|very-secret is revoked' });
    timeShiftMs = 3_400_000;
    await one.getToken(seller);
    await until(() => lines.some((line) => line.includes('used on')));
    timeShiftMs = 0;
    lwa.script = (_request, response) => json(response, 503, { error: 'server_error' });
    await failure(one.getToken({ ...seller, refreshToken: 'Atzr|very-secret-2' }));
    expect(lines.join('\n')).toMatch(/authorise the application again.*used on/s);
    expect(lines.join('\n')).not.toMatch(/very-secret|Atz|oa2-cs/);
  });
});

describe('a failure that passes', () => {
  it.each([
    [503, { error: 'temporarily_unavailable' }],
    [500, { error: 'server_error' }],
    [400, { error: 'server_error' }],
    [400, { error: 'temporarily_unavailable' }],
    [502, '<html>Bad Gateway</html>'],
    [403, '<html>captive portal</html>'],
    [400, {}],
    [200, '<html>login here</html>'],
    [200, {}],
  ])('%i %j is retryable and not remembered', async (status, body) => {
    lwa.script = (_request, response) => {
      response.writeHead(status, { 'x-amzn-RequestId': 'req-1' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    const one = manager();
    expect(await failure(one.getToken(seller))).toMatchObject({
      name: 'RemoteError',
      retryable: true,
      account: 'acme-za',
      requestId: 'req-1',
    });
    lwa.script = granted;
    expect((await one.getToken(seller)).access_token).toMatch(/^Atza/);
  });

  it('429 says when to come back', async () => {
    lwa.script = (_request, response) => json(response, 429, {}, { 'retry-after': '120' });
    expect(await failure(manager().getToken(seller))).toMatchObject({
      code: 'RATE_LIMITED',
      retryable: true,
    });
  });

  it('an outage names the host, so that work can go on when it is back', async () => {
    const { port } = lwa;
    await lwa.stop();
    const error = await failure(manager().getToken(seller));
    expect(error).toMatchObject({ name: 'NetworkError', host: `127.0.0.1:${port}`, outcome: 'not-sent' });
  });
});
