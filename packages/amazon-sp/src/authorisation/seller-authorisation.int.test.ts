import { inspect } from 'node:util';
import { type FluxoriBackend, openBackend } from '@fluxori/backend';
import { ConnectorFactory, type Logger, ManualClock, sleep } from '@fluxori/core';
import { NetworkAwareClient } from '@fluxori/network';
import { type Sandbox, type SandboxOptions, startSandbox } from '@fluxori/sandbox';
import { afterEach, describe, expect, it } from '@jest/globals';
import { amazonSp, SellerAuthorisation, type SellerAuthorisationOptions } from '../index.js';
import { RegionalEndpointManager } from '../regions/regional-endpoint-manager.js';
import { exchangeCode } from './code-exchange.js';

const home = 'https://app.example/amazon/callback';
const asker = 'session-1';
const request = { account: 'acme-za', marketplace: 'ZA', asker };

let sandbox: Sandbox;
let backend: FluxoriBackend;
let http: NetworkAwareClient;
let log: string;

afterEach(async () => {
  await http.close();
  await backend.close();
  await sandbox.close();
});

async function open(
  options: { sandbox?: SandboxOptions; authorisation?: Partial<SellerAuthorisationOptions> } = {},
): Promise<SellerAuthorisation> {
  sandbox = await startSandbox({ orders: 1, skus: 1, sellers: 2, ...options.sandbox });
  backend = await openBackend('memory:');
  log = '';
  const write = (fields: unknown, message: string) => {
    log += `${JSON.stringify(fields)} ${message}\n`;
  };
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  http = new NetworkAwareClient({ env: {}, logger, retry: { baseMs: 1 }, breaker: { probeEveryMs: 50 } });
  return again(options.authorisation, logger);
}

function again(options: Partial<SellerAuthorisationOptions> = {}, logger?: Logger): SellerAuthorisation {
  const { applicationId, clientId, clientSecret } = sandbox.credentials;
  const { keyValues, locks } = backend;
  return new SellerAuthorisation({
    application: { applicationId, clientId, clientSecret, redirectUri: home },
    ...{ keyValues, locks, http, endpoints: sandbox.endpoints },
    ...(logger && { logger }),
    ...options,
  });
}

/** What went wrong, made sure to hold neither code, state, secret nor token. */
async function failure(work: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await work.then(
    () => ({ code: 'none' }),
    (reason: unknown) => reason,
  );
  const shown = inspect(error, { depth: 20 }) + JSON.stringify(error);
  expect(shown).not.toMatch(/Atz|RH[0-9a-f]{18}|oa2-cs|state=/);
  return error as Record<string, unknown>;
}

describe('a seller who begins on the website', () => {
  it('lets the application in, and a connector works with what came of it', async () => {
    const authorisation = await open();
    const { url, state } = await authorisation.begin(request);
    expect(url).toContain(`${sandbox.endpoints.sellerCentral}/apps/authorize/consent?`);
    const seller = await authorisation.complete(sandbox.consent(url), { asker });
    const { sellerId, refreshToken } = sandbox.credentials;
    expect(seller).toMatchObject({
      account: 'acme-za',
      sellerId,
      marketplaceId: 'AE08WJ6YKNBMC',
      region: 'eu',
    });
    expect(seller.refreshToken.reveal()).toBe(refreshToken);
    expect(seller.expiresAt.getTime() - seller.authorizedAt.getTime()).toBe(365 * 86_400_000);
    expect(`${JSON.stringify(seller)}${inspect(seller)}${log}`).not.toMatch(/Atzr|RH[0-9a-f]{18}/);
    expect(log).not.toContain(state);

    const { clientId, clientSecret } = sandbox.credentials;
    const config = {
      accountId: 'acme-za',
      sellerId: seller.sellerId,
      marketplaceId: 'ZA',
      clientId,
      clientSecret,
    };
    await using connector = new ConnectorFactory()
      .register(amazonSp)
      .create(
        'amazon-sp',
        { ...config, refreshToken: seller.refreshToken, endpoints: sandbox.endpoints },
        { backend },
      );
    expect(await connector.sellers.participations()).toHaveLength(1);
  });

  it('may come back to another process, by path and query as node:http gives them', async () => {
    const authorisation = await open();
    const { url } = await authorisation.begin(request);
    const back = new URL(sandbox.consent(url));
    const seller = await again().complete(`${back.pathname}${back.search}`, { asker });
    expect(seller.sellerId).toBe(sandbox.credentials.sellerId);
  });

  it('is not taken twice, nor from another browser, nor without our state', async () => {
    const authorisation = await open();
    const { url } = await authorisation.begin(request);
    const back = sandbox.consent(url);
    await authorisation.complete(back, { asker });
    expect(await failure(authorisation.complete(back, { asker }))).toMatchObject({
      code: 'AUTH_STATE_INVALID',
      details: { reason: 'used' },
    });
    const foreign = sandbox.consent((await authorisation.begin(request)).url);
    expect(await failure(authorisation.complete(foreign, { asker: 'session-2' }))).toMatchObject({
      details: { reason: 'other-asker' },
    });
    const bare = new URL(sandbox.consent((await authorisation.begin(request)).url));
    bare.searchParams.delete('state');
    expect(await failure(authorisation.complete(bare, { asker }))).toMatchObject({
      details: { reason: 'missing' },
    });
    expect(sandbox.counters().tokenCalls).toBe(1);
  });

  it('who does not agree is told from an error', async () => {
    const authorisation = await open();
    const { url } = await authorisation.begin(request);
    expect(await failure(authorisation.complete(sandbox.consent(url, 'cancel'), { asker }))).toMatchObject({
      code: 'AUTH_DENIED',
      account: 'acme-za',
      details: { error: 'access_denied' },
      message: expect.stringContaining('did not let the application in'),
    });
  });

  it('must be the seller whom the account has: another’s code is not exchanged', async () => {
    const authorisation = await open();
    const [first, second] = sandbox.accounts;
    const { url } = await authorisation.begin({ ...request, sellerId: first?.sellerId as string });
    const back = sandbox.consent(url, 'confirm', second?.sellerId);
    expect(await failure(authorisation.complete(back, { asker }))).toMatchObject({
      code: 'AUTH_WRONG_SELLER',
      details: { expected: first?.sellerId, given: second?.sellerId },
    });
    expect(sandbox.counters().tokenCalls).toBe(0);
  });

  it.each([
    ['selling_partner_id', undefined],
    ['selling_partner_id', '<script>'],
    ['spapi_oauth_code', undefined],
  ])('is refused by the name of the parameter when %s is %s', async (name, value) => {
    const authorisation = await open();
    const back = new URL(sandbox.consent((await authorisation.begin(request)).url));
    if (value === undefined) back.searchParams.delete(name);
    else back.searchParams.set(name, value);
    expect(await failure(authorisation.complete(back, { asker }))).toMatchObject({ field: name });
    expect(sandbox.counters().tokenCalls).toBe(0);
  });

  it('is refused when a parameter comes twice', async () => {
    const authorisation = await open();
    const back = sandbox.consent((await authorisation.begin(request)).url);
    expect(await failure(authorisation.complete(`${back}&state=x`, { asker }))).toMatchObject({
      field: 'state',
    });
  });

  it('keeps nothing when the request itself is wrong', async () => {
    const authorisation = await open();
    for (const [wrong, field] of [
      [{ marketplace: 'Atlantis' }, 'marketplace'],
      [{ account: ' ' }, 'account'],
      [{ asker: '' }, 'asker'],
    ] as const) {
      expect(await failure(authorisation.begin({ ...request, ...wrong }))).toMatchObject({ field });
    }
    expect(await backend.keyValues.keys('')).toEqual([]);
  });
});

describe('the exchange of the code', () => {
  it('says of an old code that it is over', async () => {
    const clock = new ManualClock(Date.now());
    const authorisation = await open({ sandbox: { clock }, authorisation: { clock } });
    const back = sandbox.consent((await authorisation.begin(request)).url);
    await clock.advance(5 * 60_000 + 1);
    expect(await failure(authorisation.complete(back, { asker }))).toMatchObject({
      code: 'AUTH_CODE_INVALID',
    });
  });

  it('names the redirect URI of the beginning, whatever is configured since', async () => {
    const authorisation = await open();
    const back = sandbox.consent((await authorisation.begin(request)).url);
    const { applicationId, clientId, clientSecret } = sandbox.credentials;
    const application = { applicationId, clientId, clientSecret, redirectUri: 'https://new.example/' };
    expect((await again({ application }).complete(back, { asker })).account).toBe('acme-za');
  });

  it.each([
    ['a wrong secret', { clientSecret: 'amzn1.oa2-cs.v1.wrong' }, 'AUTH_CLIENT_INVALID'],
    ['an unknown client', { clientId: 'amzn1.application-oa2-client.x' }, 'AUTH_CLIENT_INVALID'],
  ])('tells %s from a wrong code', async (_what, wrong, code) => {
    await open();
    const { applicationId, clientId, clientSecret } = sandbox.credentials;
    const application = { ...{ applicationId, clientId, clientSecret, redirectUri: home }, ...wrong };
    const authorisation = again({ application });
    const back = sandbox.consent((await authorisation.begin(request)).url);
    expect(await failure(authorisation.complete(back, { asker }))).toMatchObject({ code });
  });

  it('tells an expired client secret', async () => {
    const authorisation = await open();
    const back = sandbox.consent((await authorisation.begin(request)).url);
    await sandbox.faults.set({ kind: 'expire-client-secret' });
    expect(await failure(authorisation.complete(back, { asker }))).toMatchObject({
      code: 'AUTH_CLIENT_SECRET_EXPIRED',
    });
  });

  it('is repeated when the request never left, also after so many refusals that the circuit opened', async () => {
    const authorisation = await open();
    const back = sandbox.consent((await authorisation.begin(request)).url);
    const outage = await sandbox.faults.set({ kind: 'outage', hosts: ['lwa'] });
    const completing = authorisation.complete(back, { asker });
    while (http.circuits()[0]?.state !== 'open') await sleep(1);
    await sandbox.faults.clear(outage);
    expect((await completing).account).toBe('acme-za');
    expect(sandbox.counters().tokenCalls).toBe(1);
  });

  it('says that the code was not sent, and how to go on, when its time is over first', async () => {
    await open();
    await sandbox.faults.set({ kind: 'outage', hosts: ['lwa'] });
    const { clientId, clientSecret } = sandbox.credentials;
    const url = new RegionalEndpointManager({ endpoints: sandbox.endpoints }).lwaUrl;
    const exchange = exchangeCode(
      { url, clientId, clientSecret, code: 'RH0123456789abcdef0123', account: 'acme-za' },
      { http, deadlineMs: 300 },
    );
    expect(await failure(exchange)).toMatchObject({
      code: expect.stringMatching(/^(CIRCUIT_OPEN|NETWORK_\w+)$/),
      message: expect.stringContaining('The code was not sent.'),
      remedy: expect.stringContaining('begin the authorisation anew'),
    });
  });

  it.each([
    ['the answer was lost', { kind: 'drop', when: 'after' }],
    ['the connection was cut, and nobody knows when', { kind: 'drop', when: 'before' }],
    ['a gateway failed', { kind: 'error', status: 503 }],
    ['the answer broke off', { kind: 'reset-mid-body' }],
  ] as const)('is not repeated when %s, and says how to go on', async (_what, fault) => {
    const authorisation = await open();
    const back = sandbox.consent((await authorisation.begin(request)).url);
    await sandbox.faults.set({ ...fault, operation: 'lwa.token' });
    const error = await failure(authorisation.complete(back, { asker }));
    expect(error.remedy).toContain('begin the authorisation anew');
    expect(sandbox.counters().tokenCalls).toBe(1);
  });

  it('ends at once when it is aborted', async () => {
    const authorisation = await open();
    const back = sandbox.consent((await authorisation.begin(request)).url);
    await sandbox.faults.set({ kind: 'latency', ms: 60_000, operation: 'lwa.token' });
    const stop = new AbortController();
    const waiting = authorisation.complete(back, { asker, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('left')), 50);
    await expect(waiting).rejects.toThrow('left');
  });
});

describe('a seller who begins at Amazon', () => {
  const login = 'https://app.example/amazon/login';

  it('is sent back to Amazon with both states, and lets the application in', async () => {
    const authorisation = await open({ sandbox: { draft: true } });
    const arrived = sandbox.beginInAppstore(login, sandbox.accounts[1]?.sellerId);
    const { url } = await authorisation.beginFromAmazon(arrived, request);
    const sent = await fetch(url, { redirect: 'manual' });
    const back = sent.headers.get('location') as string;
    const seller = await authorisation.complete(back, { asker });
    expect(seller.sellerId).toBe(sandbox.accounts[1]?.sellerId);
  });

  it('is bound to the seller whom Amazon named, and to the account’s', async () => {
    const authorisation = await open();
    const [first, second] = sandbox.accounts;
    const arrived = sandbox.beginInAppstore(login, second?.sellerId);
    const wrong = { ...request, sellerId: first?.sellerId as string };
    expect(await failure(authorisation.beginFromAmazon(arrived, wrong))).toMatchObject({
      code: 'AUTH_WRONG_SELLER',
    });
    const { url } = await authorisation.beginFromAmazon(arrived, request);
    const back = new URL((await fetch(url, { redirect: 'manual' })).headers.get('location') as string);
    back.searchParams.set('selling_partner_id', first?.sellerId as string);
    expect(await failure(authorisation.complete(back, { asker }))).toMatchObject({
      code: 'AUTH_WRONG_SELLER',
    });
  });

  it('is sent nowhere else, and every parameter that lacks is named', async () => {
    const authorisation = await open();
    const arrived = new URL(sandbox.beginInAppstore(login));
    const elsewhere = new URL(arrived);
    elsewhere.searchParams.set('amazon_callback_uri', 'https://evil.example/apps/authorize/confirm');
    expect(await failure(authorisation.beginFromAmazon(elsewhere, request))).toMatchObject({
      field: 'amazon_callback_uri',
    });
    for (const name of ['amazon_callback_uri', 'amazon_state', 'selling_partner_id']) {
      const without = new URL(arrived);
      without.searchParams.delete(name);
      expect(await failure(authorisation.beginFromAmazon(without, request))).toMatchObject({ field: name });
    }
    expect(await backend.keyValues.keys('')).toEqual([]);
  });
});
