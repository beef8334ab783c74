import { describe, expect, it } from '@jest/globals';
import { marketplaces } from '../regions/marketplaces.js';
import { appstoreReturnUrl } from './appstore-return-url.js';
import { authorizeUrl } from './authorize-url.js';
import { sellerCentralHosts } from './seller-central.js';

const applicationId = 'amzn1.sp.solution.00000000-1111-2222-3333-444444444444';
const minimal = { applicationId, marketplace: 'ZA', state: 'st&te' };

describe('authorizeUrl', () => {
  it('leads to the consent page of the marketplace’s own Seller Central', () => {
    expect(authorizeUrl(minimal)).toBe(
      `https://sellercentral.amazon.co.za/apps/authorize/consent?application_id=${applicationId}&state=st%26te`,
    );
    expect(new URL(authorizeUrl({ ...minimal, marketplace: 'GB' })).host).toBe(
      'sellercentral-europe.amazon.com',
    );
    expect(new URL(authorizeUrl({ ...minimal, marketplace: 'ATVPDKIKX0DER' })).host).toBe(
      'sellercentral.amazon.com',
    );
  });

  it('knows a host of Amazon’s for every marketplace, and for nothing else', () => {
    expect(Object.keys(sellerCentralHosts).sort()).toEqual(marketplaces.map(({ code }) => code).sort());
    for (const { code, domain } of marketplaces) {
      const host = sellerCentralHosts[code] as string;
      expect([`sellercentral.${domain}`, 'sellercentral-europe.amazon.com']).toContain(host);
    }
  });

  it('names the redirect URI and says that the application is a draft, when it does', () => {
    const url = new URL(authorizeUrl({ ...minimal, redirectUri: 'https://app.example/cb?a=1', draft: true }));
    expect(url.searchParams.get('redirect_uri')).toBe('https://app.example/cb?a=1');
    expect(url.searchParams.get('version')).toBe('beta');
  });

  it.each([
    ['an LWA client id', { applicationId: 'amzn1.application-oa2-client.abc' }, 'applicationId'],
    ['an unknown marketplace', { marketplace: 'XX' }, 'marketplace'],
    ['http elsewhere', { redirectUri: 'http://app.example/cb' }, 'redirectUri'],
    [
      'a host that only looks like this machine',
      { redirectUri: 'http://localhost.evil.example/' },
      'redirectUri',
    ],
    ['a fragment', { redirectUri: 'https://app.example/cb#x' }, 'redirectUri'],
    ['a user', { redirectUri: 'https://me:pw@app.example/cb' }, 'redirectUri'],
    ['no URL', { redirectUri: 'callback' }, 'redirectUri'],
  ])('refuses %s by the name of the field, without repeating the value', (_what, wrong, field) => {
    let error: { field?: string; message?: string } = {};
    try {
      authorizeUrl({ ...minimal, ...wrong });
    } catch (caught) {
      error = caught as typeof error;
    }
    expect(error.field).toBe(field);
    expect(error.message).not.toContain('me:pw');
  });
});

describe('appstoreReturnUrl', () => {
  const back = (amazonCallbackUri: string, extra = {}) =>
    appstoreReturnUrl({
      ...{ amazonCallbackUri, amazonState: 'a&s', sellingPartnerId: 'A1SELLER', draft: false },
      ...{ applicationId, state: 'ours', ...extra },
    });

  it('sends the browser back to Amazon with both states', () => {
    const url = new URL(
      back(`https://sellercentral.amazon.co.za/apps/authorize/confirm/${applicationId}`, {
        redirectUri: 'https://app.example/cb',
        draft: true,
      }),
    );
    expect(Object.fromEntries(url.searchParams)).toEqual({
      redirect_uri: 'https://app.example/cb',
      amazon_state: 'a&s',
      state: 'ours',
      version: 'beta',
    });
    expect(new URL(back('https://amazon.com/apps/authorize/confirm')).host).toBe('amazon.com');
  });

  it.each([
    'https://evil.example/apps/authorize/confirm',
    'https://amazon.com.evil.example/apps/authorize/confirm',
    'https://notamazon.com/apps/authorize/confirm',
    'https://amazon.com@evil.example/apps/authorize/confirm',
    'https://amazon.com:8443/apps/authorize/confirm',
    'http://amazon.com/apps/authorize/confirm',
    'https://amazon.com/gp/redirect?u=evil',
    'javascript:alert(1)',
    'https://amazon.com/apps/authorize/confirm/amzn1.sp.solution.another',
    '/apps/authorize/confirm',
  ])('sends nobody to %s', (address) => {
    expect(() => back(address)).toThrow(expect.objectContaining({ field: 'amazon_callback_uri' }));
  });
});
