import { Stopwatch } from '@fluxori/test-services';
import { describe, expect, it } from '@jest/globals';
import { maskCredentials } from './mask-credentials.js';

const hidden = 'hunter2';

describe('maskCredentials', () => {
  it.each([
    ['redis://user:hunter2@cache.example.com:6379/0', 'redis://[redacted]@cache.example.com:6379/0'],
    ['rediss://:hunter2@cache', 'rediss://[redacted]@cache'],
    [
      'postgres://app:hunter2@db:5432/fluxori?sslmode=require',
      'postgres://[redacted]@db:5432/fluxori?sslmode=require',
    ],
    [
      'postgres://db/fluxori?user=app&password=hunter2&sslmode=require',
      'postgres://db/fluxori?user=app&password=[redacted]&sslmode=require',
    ],
    ['https://user:hunter2@proxy:3128', 'https://[redacted]@proxy:3128'],
    ['https://hunter2@api.example.com/x', 'https://[redacted]@api.example.com/x'],
    ['postgres://app:p@ss/hunter2@db/fluxori', 'postgres://[redacted]@db/fluxori'],
    ['redis://a:hunter2@one:1,b:hunter2@two:2/0', 'redis://[redacted]@two:2/0'],
    ['the proxy "http://u:hunter2@proxy:1" is away', 'the proxy "http://[redacted]@proxy:1" is away'],
    [
      'POST grant_type=refresh_token&refresh_token=hunter2&client_secret=hunter2',
      'POST grant_type=refresh_token&refresh_token=[redacted]&client_secret=[redacted]',
    ],
    ['https://back/?state=s&spapi_oauth_code=hunter2', 'https://back/?state=s&spapi_oauth_code=[redacted]'],
    [
      'https://s3/doc?X-Amz-Credential=hunter2&X-Amz-Signature=hunter2',
      'https://s3/doc?X-Amz-Credential=[redacted]&X-Amz-Signature=[redacted]',
    ],
    [
      '{"access_token":"hunter2","token_type":"bearer"}',
      '{"access_token":"[redacted]","token_type":"bearer"}',
    ],
    ['"{\\"password\\":\\"hunter2\\"}"', '"{\\"password\\":\\"[redacted]\\"}"'],
    ['Authorization: Bearer hunter2hunter2', 'Authorization: Bearer [redacted]'],
    ['x-amz-access-token: Atza|IwEBIhunter2', 'x-amz-access-token: [redacted]'],
    ['refresh Atzr|IwEBIhunter2-_x', 'refresh [redacted]'],
    ['secret amzn1.oa2-cs.v1.hunter2', 'secret [redacted]'],
    ['eyJhbGciOiJkaXIifQ..hunter2.hunter2.hunter2', '[redacted]'],
  ])('hides what is secret in %s', (text, masked) => {
    expect(maskCredentials(text)).toBe(masked);
    expect(maskCredentials(text)).not.toContain(hidden);
  });

  it.each([
    'Working on redis://cache.example.com:6379/0. Ctrl-C ends it.',
    'https://sellingpartnerapi-eu.amazon.com/orders/2026-01-01/orders?createdAfter=2026-01-01T00:00:00Z',
    'redis://a:1,b:2/0?sentinel=main',
    'orders.searchOrders@acme-za has no token left until 2026-11-20T10:00:00.000Z.',
    'connect ECONNREFUSED 127.0.0.1:6379 (code=ECONNREFUSED)',
    'see http://localhost:9464/metrics or mail ops@example.com',
    'priority=high, attempts=5',
  ])('leaves alone: %s', (text) => {
    expect(maskCredentials(text)).toBe(text);
  });

  it('does not take long over a long text that is made to be slow', () => {
    const ms = (text: string) => {
      const watch = new Stopwatch();
      maskCredentials(text);
      return watch.stop();
    };
    // So long that what takes a fifth of a second would take most of a minute, were it quadratic.
    const traps = ['a://b:c', 'password=', '"token": ', 'eyJaaaaaaaaa.', 'Atza|'];
    for (const trap of traps) expect(ms(trap.repeat(2 ** 20 / trap.length))).toBeLessThan(10_000);
  });
});
