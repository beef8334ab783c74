import { describe, expect, it } from '@jest/globals';
import { readRedisUrl } from './redis-url.js';

const read = (location: string) => readRedisUrl(location, false);

function refusal(location: string): string {
  try {
    read(location);
  } catch (error) {
    const { code, message, remedy } = error as { code: string; message: string; remedy: string };
    expect(code).toBe('CONFIG_INVALID');
    return `${message} ${remedy}`;
  }
  throw new Error(`${location} was accepted`);
}

describe("Redis' URL", () => {
  it('has defaults for everything but the host', () => {
    expect(read('//cache')).toMatchObject({
      mode: 'one',
      tls: false,
      hosts: [{ host: 'cache', port: 6379 }],
      db: 0,
      prefix: 'fluxori',
      patienceMs: 30_000,
      leaseMs: 5_000,
      safeUrl: 'redis://cache:6379',
    });
  });

  it('takes credentials with special characters, a database, a prefix, a patience and a lease', () => {
    const address = readRedisUrl(
      '//thabo:p%40ss%2Fw:rd@[::1]:7000/3?prefix=shop-1&patience=2.5&lease=8',
      true,
    );
    expect(address).toMatchObject({
      username: 'thabo',
      password: 'p@ss/w:rd',
      hosts: [{ host: '::1', port: 7000 }],
      db: 3,
      prefix: 'shop-1',
      patienceMs: 2_500,
      leaseMs: 8_000,
      safeUrl: 'rediss://[::1]:7000/3?prefix=shop-1&patience=2.5&lease=8',
    });
    expect(read('//:only-a-password@cache')).toMatchObject({ password: 'only-a-password' });
    expect(read('//:only-a-password@cache').username).toBe(undefined);
  });

  it('names the sentinels, or some nodes of a cluster', () => {
    expect(read('//a:1,b/0?sentinel=main&sentinelPassword=hush')).toMatchObject({
      mode: 'sentinel',
      sentinel: 'main',
      sentinelPassword: 'hush',
      hosts: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26379 },
      ],
      safeUrl: 'redis://a:1,b:26379?sentinel=main',
    });
    expect(read('//a,b?cluster=true')).toMatchObject({ mode: 'cluster', label: 'a:6379,b:6379' });
  });

  it('never shows credentials, wherever they stand', () => {
    const address = read('//thabo:geheim@a,b/0?sentinel=x&sentinelUsername=wagter&sentinelPassword=geheim@2');
    for (const shown of [address.safeUrl, address.label]) expect(shown).not.toMatch(/geheim|thabo|wagter/);
    expect(address.hosts.map(({ host }) => host)).toEqual(['a', 'b']);
  });

  it('is refused with the part that is wrong, and without what might be a secret', () => {
    expect(refusal('//cache?prefx=a')).toContain('unknown parameter "prefx"; known are prefix, sentinel');
    for (const location of ['//u:12?geheim@a/0', '//u:12?geheim&x@a/0']) {
      expect(refusal(location)).toContain('unknown parameter; known are');
      expect(refusal(location)).not.toContain('geheim');
    }
    expect(refusal('//a,b')).toContain('several hosts need');
    expect(refusal('//a?cluster=true&sentinel=x')).toContain('exclude each other');
    expect(refusal('//a/1?cluster=true')).toContain('database 0 only');
    expect(refusal('//a?prefix=%7Bx%7D')).toContain('prefix');
    expect(refusal('//a?patience=soon')).toContain('patience');
    expect(refusal('//a?cluster=yes')).toContain('cluster is neither');
    expect(refusal('//a/first')).toContain('number of a database');
    expect(refusal('//u:geheim:70000x')).not.toContain('geheim');
    expect(refusal('//u:gehe%im@a')).not.toContain('gehe');
    expect(refusal('cache')).toContain('form');
    // What looks like credentials is masked on its way to the person.
    expect(refusal('cache')).toContain('redis://host:port/db');
    expect(refusal('cache')).not.toMatch(/:\/\/[^\s]*@/);
  });
});
