import { inspect } from 'node:util';
import { type ConfigurationError, checkConfig } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { amazonSpConfigSchema } from './config.js';

const good = {
  accountId: 'acme-za',
  sellerId: 'A2EXAMPLE',
  marketplaceId: 'ZA',
  clientId: 'amzn1.application-oa2-client.abc',
  clientSecret: 'the-client-secret',
  refreshToken: 'Atzr|the-refresh-token',
};

function problemsOf(input: unknown): readonly string[] {
  try {
    checkConfig(amazonSpConfigSchema, input, 'connector "amazon-sp"');
  } catch (error) {
    return (error as ConfigurationError).problems;
  }
  return [];
}

describe('the connector’s config', () => {
  it('resolves the marketplace and its region', () => {
    expect(checkConfig(amazonSpConfigSchema, good, 'x')).toMatchObject({
      region: 'eu',
      environment: 'production',
      marketplaceIds: ['AE08WJ6YKNBMC'],
      home: { code: 'ZA' },
    });
  });

  it('takes several marketplaces of one region, each once', () => {
    const { marketplaceId: _, ...rest } = good;
    const config = checkConfig(amazonSpConfigSchema, { ...rest, marketplaceIds: ['GB', 'UK', 'DE'] }, 'x');
    expect(config.marketplaces.map(({ code }) => code)).toEqual(['UK', 'DE']);
  });

  it('keeps documents for 30 days, unless told otherwise, and not for a fraction of a day', () => {
    const retentionOf = (retention?: object) =>
      checkConfig(amazonSpConfigSchema, { ...good, ...(retention && { retention }) }, 'x').retention;
    expect(retentionOf()).toEqual({ documentsDays: 30, restrictedDocumentsDays: 30 });
    expect(retentionOf({ documentsDays: 90 })).toEqual({ documentsDays: 90, restrictedDocumentsDays: 30 });
    expect(problemsOf({ ...good, retention: { documentsDays: 0, restrictedDocumentsDays: 1.5 } })).toEqual([
      expect.stringMatching(/^retention.documentsDays: .*one day or more/),
      expect.stringMatching(/^retention.restrictedDocumentsDays: .*whole number/),
    ]);
  });

  it('never prints the secrets it holds', () => {
    const config = checkConfig(amazonSpConfigSchema, good, 'x');
    expect(inspect(config, { depth: 5 }) + JSON.stringify(config)).not.toMatch(
      /the-client-secret|the-refresh-token/,
    );
    expect(config.clientSecret.reveal()).toBe('the-client-secret');
  });

  it('names every missing credential and where it is to be found', () => {
    expect(problemsOf({ marketplaceId: 'ZA' })).toEqual([
      expect.stringMatching(/^accountId: .*missing/),
      expect.stringMatching(/^sellerId: .*Merchant Token/),
      expect.stringMatching(/^clientId: .*developer console/),
      expect.stringMatching(/^clientSecret: .*developer console/),
      expect.stringMatching(/^refreshToken: .*authorising/),
    ]);
  });

  it('lists problems of all kinds at once, those between fields included, and repeats no secret', () => {
    const problems = problemsOf({
      ...good,
      marketplaceId: undefined,
      marketplaceIds: ['ZZ', 'US', 'ZA'],
      clientSecret: '',
      environment: 'live',
      endpoints: { eu: 'not a url' },
      limits: { 'orders.serchOrders': { ratePerSecond: 0, burst: 1.5 } },
      surprise: true,
    });
    const text = problems.join('\n');
    expect(text).toMatch(/marketplaceIds\.0: "ZZ" is no Amazon marketplace/);
    expect(text).toMatch(
      /marketplaceIds\.2: marketplace ZA .* is in region eu, and this account is in region na/,
    );
    expect(text).toMatch(/clientSecret/);
    expect(text).toMatch(/environment: an environment is production or sandbox/);
    expect(text).toMatch(/endpoints\.eu/);
    expect(text).toMatch(/ratePerSecond/);
    expect(text).toMatch(/burst is a whole number/);
    expect(text).toMatch(/did you mean "orders\.searchOrders"/);
    expect(text).toMatch(/surprise/);
    expect(text).not.toContain('the-refresh-token');
  });

  it('refuses a region that is not the marketplace’s', () => {
    expect(problemsOf({ ...good, region: 'na' })).toEqual([
      expect.stringMatching(/^marketplaceId: marketplace ZA .* region eu, and this account is in region na$/),
    ]);
  });

  it.each([
    [{ ...good, marketplaceId: undefined }, /^marketplaceIds: name at least one/],
    [{ ...good, marketplaceIds: ['ZA'] }, /^marketplaceId: write either/],
    [{ ...good, accountId: 'two words' }, /^accountId: use letters/],
    [{ ...good, application: { name: 'a/b', version: '1' } }, /^application\.name/],
  ])('refuses %#', (input, problem) => {
    expect(problemsOf(input)).toEqual([expect.stringMatching(problem)]);
  });

  const signing = { issuer: 'a', audience: 'b', kid: 'c', alg: 'ES256', key: 'the-private-key' };
  const gateway = { url: 'https://gateway.example.com/sp', signing };

  it('takes a gateway, for all regions or for some, and never shows its key', () => {
    const config = checkConfig(amazonSpConfigSchema, { ...good, gateway }, 'x');
    expect(config.gateway).toMatchObject({ url: gateway.url, signing: { kid: 'c' } });
    expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain('the-private-key');
    for (const url of [
      'http://127.0.0.1:8080',
      'http://localhost',
      { eu: gateway.url },
      { eu: 'http://[::1]:1' },
    ])
      expect(problemsOf({ ...good, gateway: { url } })).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ['http to another machine', { url: 'http://gateway.example.com' }, /^gateway\.url: .*https/],
    ['http to a name that only looks like this machine', { url: 'http://127.0.0.1.example.com' }, /https/],
    ['a name and password', { url: 'https://me:pw@gateway.example.com' }, /^gateway\.url: .*without user/],
    ['a query', { url: 'https://gateway.example.com/?a=b' }, /query/],
    ['no URL', {}, /^gateway\.url/],
    ['a URL for another region only', { url: { na: gateway.url } }, /^gateway\.url\.eu: .*region eu/],
    ['another algorithm', { ...gateway, signing: { ...signing, alg: 'none' } }, /^gateway\.signing\.alg/],
    ['no key', { ...gateway, signing: { ...signing, key: undefined } }, /^gateway\.signing\.key: .*secret/],
    ['a life of an hour', { ...gateway, signing: { ...signing, lifeSeconds: 3_600 } }, /300/],
  ])('refuses a gateway with %s', (_, wrong, said) => {
    const problems = problemsOf({ ...good, gateway: wrong });
    expect(problems).toEqual([expect.stringMatching(said)]);
    expect(problems.join()).not.toMatch(/the-private-key|me:pw/);
  });

  it('takes either a gateway or an endpoint for the account’s region', () => {
    const endpoints = { eu: 'https://other.example.com', lwa: 'https://lwa.example.com' };
    expect(problemsOf({ ...good, gateway, endpoints })).toEqual([
      expect.stringMatching(/^endpoints\.eu: .*not both/),
    ]);
  });
});
