import { describe, expect, it } from '@jest/globals';
import { findMarketplace, marketplaceOf, marketplaces } from './marketplaces.js';
import { RegionalEndpointManager } from './regional-endpoint-manager.js';

describe('the table of marketplaces', () => {
  it('has the 23 marketplaces, each with an id, a code and a domain of its own', () => {
    expect(marketplaces).toHaveLength(23);
    for (const field of ['id', 'code', 'domain', 'country'] as const) {
      expect(new Set(marketplaces.map((one) => one[field])).size).toBe(23);
    }
  });

  it('has four in North America, sixteen in Europe and three in the Far East', () => {
    const count = (region: string) => marketplaces.filter((one) => one.region === region).length;
    expect([count('na'), count('eu'), count('fe')]).toEqual([4, 16, 3]);
  });

  it('knows South Africa as one of Europe’s, in rand', () => {
    expect(findMarketplace('AE08WJ6YKNBMC')).toMatchObject({
      code: 'ZA',
      region: 'eu',
      currency: 'ZAR',
      domain: 'amazon.co.za',
    });
  });

  it.each(['UK', 'GB', 'uk', ' gb ', 'A1F83G8C2ARO7P', 'a1f83g8c2aro7p'])(
    'finds the United Kingdom by %p',
    (name) => {
      expect(findMarketplace(name)?.code).toBe('UK');
    },
  );

  it('names the field, the nearest id and the codes there are when it knows none', () => {
    expect(() => marketplaceOf('AE08WJ6YKNBMX', 'marketplaceIds')).toThrow(
      expect.objectContaining({
        code: 'MARKETPLACE_UNKNOWN',
        field: 'marketplaceIds',
        message: expect.stringMatching(
          /did you mean "AE08WJ6YKNBMC"\?.*known country codes: CA, US, .*JP\.$/,
        ),
      }),
    );
  });
});

describe('RegionalEndpointManager', () => {
  it.each([
    ['na', 'production', 'https://sellingpartnerapi-na.amazon.com'],
    ['eu', 'production', 'https://sellingpartnerapi-eu.amazon.com'],
    ['fe', 'production', 'https://sellingpartnerapi-fe.amazon.com'],
    ['na', 'sandbox', 'https://sandbox.sellingpartnerapi-na.amazon.com'],
    ['eu', 'sandbox', 'https://sandbox.sellingpartnerapi-eu.amazon.com'],
    ['fe', 'sandbox', 'https://sandbox.sellingpartnerapi-fe.amazon.com'],
  ] as const)('sends region %s in %s to %s', (region, environment, url) => {
    expect(new RegionalEndpointManager({ environment }).baseUrl(region)).toBe(url);
  });

  it('takes an address of one’s own for one region and leaves the others', () => {
    const endpoints = new RegionalEndpointManager({ endpoints: { eu: 'http://127.0.0.1:9000/eu/' } });
    expect(endpoints.baseUrl('eu')).toBe('http://127.0.0.1:9000/eu');
    expect(endpoints.isOverridden('eu')).toBe(true);
    expect(endpoints.baseUrl('na')).toBe('https://sellingpartnerapi-na.amazon.com');
    expect(endpoints.isOverridden('na')).toBe(false);
  });

  it('sends restricted data tokens’ requests to production although the environment is the sandbox', () => {
    const endpoints = new RegionalEndpointManager({ environment: 'sandbox' });
    expect(endpoints.baseUrl('fe', 'production')).toBe('https://sellingpartnerapi-fe.amazon.com');
  });

  it.each([
    [undefined, 'https://api.amazon.com/auth/o2/token'],
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000/auth/o2/token'],
    ['http://127.0.0.1:8000/my/token', 'http://127.0.0.1:8000/my/token'],
  ])('fetches tokens, given %p, at %s', (lwa, url) => {
    expect(new RegionalEndpointManager({ endpoints: { lwa } }).lwaUrl).toBe(url);
  });

  it('refuses a marketplace of another region and says which region it is in', () => {
    expect(() => new RegionalEndpointManager().marketplaceIn('eu', 'US')).toThrow(
      expect.objectContaining({
        code: 'MARKETPLACE_WRONG_REGION',
        field: 'marketplaceId',
        message: expect.stringContaining(
          'US (ATVPDKIKX0DER) is in region na, and this account is in region eu',
        ),
      }),
    );
  });
});
