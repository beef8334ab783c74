import { describe, expect, it } from '@jest/globals';
import { proxyFor } from './proxy-environment.js';

const proxy = 'http://proxy.test:3128';
const api = 'https://sellingpartnerapi-eu.amazon.com/orders';

describe('proxyFor', () => {
  it.each([
    [api, { HTTPS_PROXY: proxy }, true],
    [api, { https_proxy: proxy }, true],
    [api, { HTTPS_PROXY: 'proxy.test:3128' }, true],
    [api, { ALL_PROXY: proxy }, true],
    [api, { HTTP_PROXY: proxy }, false],
    ['http://plain.test/', { HTTP_PROXY: proxy }, true],
    [api, {}, false],
    [api, { HTTPS_PROXY: '' }, false],
    [api, { HTTPS_PROXY: 'socks5://proxy.test' }, false],
    [api, { HTTPS_PROXY: proxy, NO_PROXY: '*' }, false],
    [api, { HTTPS_PROXY: proxy, NO_PROXY: 'amazon.com' }, false],
    [api, { HTTPS_PROXY: proxy, no_proxy: 'other.test, .amazon.com' }, false],
    [api, { HTTPS_PROXY: proxy, NO_PROXY: '*.amazon.com' }, false],
    [api, { HTTPS_PROXY: proxy, NO_PROXY: 'AMAZON.COM:443' }, false],
    [api, { HTTPS_PROXY: proxy, NO_PROXY: 'amazon.com:8443' }, true],
    [api, { HTTPS_PROXY: proxy, NO_PROXY: 'zon.com' }, true],
    ['http://localhost:4000/', { HTTP_PROXY: proxy }, false],
    ['http://127.0.0.1:4000/', { HTTP_PROXY: proxy }, false],
    ['http://[::1]:4000/', { HTTP_PROXY: proxy }, false],
  ])('sends %s through a proxy or not, as %j says', (url, environment, goes) => {
    expect(proxyFor(new URL(url), environment)?.host).toBe(goes ? 'proxy.test:3128' : undefined);
  });
});
