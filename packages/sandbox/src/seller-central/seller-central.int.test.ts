import { ManualClock } from '@fluxori/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, type SandboxOptions, startSandbox } from '../index.js';
import { Wire } from '../testing/wire.js';

const home = 'http://localhost:9/callback';
let sandbox: Sandbox;

afterEach(() => sandbox.close());

async function open(options: SandboxOptions = {}): Promise<void> {
  sandbox = await startSandbox({ orders: 1, skus: 1, ...options });
}

function consentUrl(extra: Record<string, string> = { redirect_uri: home }): string {
  const url = new URL('/apps/authorize/consent', sandbox.endpoints.sellerCentral);
  const query = { application_id: sandbox.credentials.applicationId, state: 's"<1>', ...extra };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** What a browser does: reads the form, presses a button, and is sent on. */
async function press(url: string, answer: string, sellerId?: string): Promise<Response> {
  const page = await (await fetch(url)).text();
  const fields = new URLSearchParams({ answer });
  for (const [, name, value] of page.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)) {
    const text = (value as string).replace(/&#(\d+);/g, (_, code: string) =>
      String.fromCharCode(Number(code)),
    );
    fields.set(name as string, text);
  }
  if (sellerId !== undefined) fields.set('selling_partner_id', sellerId);
  const action = /action="([^"]*)"/.exec(page)?.[1] as string;
  return fetch(new URL(action, url), { method: 'POST', body: fields, redirect: 'manual' });
}

const exchange = (code: string, fields: Record<string, string> = {}) =>
  new Wire(sandbox).lwa({
    grant_type: 'authorization_code',
    code,
    client_id: sandbox.credentials.clientId,
    client_secret: sandbox.credentials.clientSecret,
    ...fields,
  });

const codeOf = (location: string) => new URL(location).searchParams.get('spapi_oauth_code') as string;

describe('the local Seller Central', () => {
  it('asks the seller, and sends him back with state, seller and a code that gives a refresh token', async () => {
    await open({ sellers: 2 });
    const second = sandbox.accounts[1];
    const page = await fetch(consentUrl());
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await page.text()).not.toContain('s"<1>');
    const sent = await press(consentUrl(), 'confirm', second?.sellerId);
    expect(sent.status).toBe(302);
    const back = new URL(sent.headers.get('location') as string);
    expect(back.origin + back.pathname).toBe(home);
    expect(back.searchParams.get('state')).toBe('s"<1>');
    expect(back.searchParams.get('selling_partner_id')).toBe(second?.sellerId);
    expect(back.searchParams.has('mws_auth_token')).toBe(true);
    const answer = await exchange(codeOf(back.href), { redirect_uri: home });
    expect([answer.status, answer.json.refresh_token]).toEqual([200, second?.refreshToken]);
  });

  it('sends him back without a code when he does not agree', async () => {
    await open();
    const back = new URL((await press(consentUrl(), 'cancel')).headers.get('location') as string);
    expect(Object.fromEntries(back.searchParams)).toEqual({ state: 's"<1>', error: 'access_denied' });
  });

  it('takes a code once, within five minutes, with the same redirect URI, from the same application', async () => {
    const clock = new ManualClock(Date.now());
    await open({ clock, applications: 2 });
    const other = sandbox.accounts[1];
    const code = codeOf(sandbox.consent(consentUrl()));
    const refused = [
      await exchange(code),
      await exchange(code, { redirect_uri: 'https://elsewhere.example/' }),
      await exchange(code, {
        redirect_uri: home,
        client_id: other?.clientId as string,
        client_secret: other?.clientSecret as string,
      }),
    ];
    expect(refused.map(({ json }) => json.error)).toEqual([
      'invalid_grant',
      'invalid_grant',
      'invalid_grant',
    ]);
    expect((await exchange(code, { redirect_uri: home })).status).toBe(200);
    expect((await exchange(code, { redirect_uri: home })).json.error).toBe('invalid_grant');
    const late = codeOf(sandbox.consent(consentUrl()));
    await clock.advance(5 * 60_000);
    expect((await exchange(late, { redirect_uri: home })).json.error).toBe('invalid_grant');
  });

  it.each([
    [
      'an address that is not registered',
      { redirectUris: ['https://app.example/a'] },
      { redirect_uri: home },
      'MD5101',
    ],
    ['an address without https', {}, { redirect_uri: 'http://app.example/' }, 'MD5101'],
    ['no address at all', {}, {}, 'MD5101'],
    ['a draft without version=beta', { draft: true }, { redirect_uri: home }, 'MD1000'],
    ['an unknown application', {}, { redirect_uri: home, application_id: 'amzn1.sp.solution.x' }, 'MD9999'],
  ] as [string, SandboxOptions, Record<string, string>, string][])(
    'shows an error for %s, and sends nobody there',
    async (_what, options, query, code) => {
      await open(options);
      const page = await fetch(consentUrl(query));
      expect([page.status, await page.text()]).toEqual([400, expect.stringContaining(code)]);
      expect(() => sandbox.consent(consentUrl(query))).toThrow(code);
    },
  );

  it('takes the registered address when none is named, and the exchange need not name it', async () => {
    await open({ redirectUris: ['https://app.example/a'], draft: true });
    const back = sandbox.consent(consentUrl({ version: 'beta' }));
    expect(back.startsWith('https://app.example/a?')).toBe(true);
    expect((await exchange(codeOf(back))).status).toBe(200);
  });

  it('lets a seller begin in the Appstore, once for each of its states', async () => {
    await open({ loginUri: 'https://app.example/login' });
    const { applicationId } = sandbox.credentials;
    const sent = await press(
      `${sandbox.endpoints.sellerCentral}/apps/store/dp/${applicationId}`,
      'authorize',
    );
    const login = new URL(sent.headers.get('location') as string);
    expect(login.origin + login.pathname).toBe('https://app.example/login');
    const confirm = new URL(login.searchParams.get('amazon_callback_uri') as string);
    expect(confirm.pathname).toBe(`/apps/authorize/confirm/${applicationId}`);
    confirm.searchParams.set('amazon_state', login.searchParams.get('amazon_state') as string);
    confirm.searchParams.set('state', 'ours');
    confirm.searchParams.set('redirect_uri', home);
    const back = await fetch(confirm, { redirect: 'manual' });
    const location = back.headers.get('location') as string;
    expect(new URL(location).searchParams.get('state')).toBe('ours');
    expect((await exchange(codeOf(location), { redirect_uri: home })).status).toBe(200);
    expect((await fetch(confirm, { redirect: 'manual' })).status).toBe(400);
  });

  it('gives the consent by the admin URL, too', async () => {
    await open();
    const answer = await fetch(`${sandbox.adminUrl}/consents`, {
      method: 'POST',
      body: JSON.stringify({ url: consentUrl() }),
    });
    expect(answer.status).toBe(201);
    const { location } = (await answer.json()) as { location: string };
    expect(location.startsWith(home)).toBe(true);
  });
});

describe('an expired client secret', () => {
  it('is refused by LWA and by SP-API until it is renewed', async () => {
    await open();
    const wire = new Wire(sandbox);
    const call = () => wire.call({ path: '/sellers/v1/marketplaceParticipations' });
    expect((await call()).status).toBe(200);
    const fault = await sandbox.faults.set({ kind: 'expire-client-secret' });
    const refused = await wire.refresh();
    expect([refused.status, refused.json.error]).toEqual([401, 'invalid_client']);
    expect(refused.json.error_description).toContain('expired');
    const denied = await call();
    expect([denied.status, denied.json.errors[0].details]).toEqual([
      403,
      expect.stringContaining('secret token'),
    ]);
    await sandbox.faults.clear(fault);
    expect((await wire.refresh()).status).toBe(200);
  });
});
