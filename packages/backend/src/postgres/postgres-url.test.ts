import { describe, expect, it } from '@jest/globals';
import { parsePostgresUrl } from './postgres-url.js';

function refusal(location: string): { message: string; field?: string; remedy?: string } {
  try {
    parsePostgresUrl(location);
  } catch (error) {
    return error as { message: string };
  }
  throw new Error(`${location} was taken`);
}

describe('a postgres:// URL', () => {
  it('gives all parts, decoded', () => {
    const place = parsePostgresUrl(
      '//me%40work:p%2Fw%40%25@db.example.com:6543/my%20shop?schema=acme&pool=4&patience=2.5&lease=8',
    );
    expect(place).toMatchObject({
      client: { host: 'db.example.com', port: 6543, user: 'me@work', password: 'p/w@%', database: 'my shop' },
      host: 'db.example.com:6543',
      schema: 'acme',
      queueSchema: 'acme_bullmq',
      pool: 4,
      patienceMs: 2_500,
      leaseMs: 8_000,
      tls: 'prefer',
    });
  });

  it('has defaults for all but the host', () => {
    expect(parsePostgresUrl('//localhost')).toMatchObject({
      client: { host: 'localhost', port: 5432 },
      schema: 'fluxori',
      queueSchema: 'bullmq',
      pool: 10,
      patienceMs: 30_000,
      leaseMs: 5_000,
    });
  });

  it('takes what libpq takes: parameters for host and user, a socket, an IPv6 address', () => {
    expect(parsePostgresUrl('///shop?host=/var/run/postgresql&user=me')).toMatchObject({
      client: { host: '/var/run/postgresql', user: 'me', database: 'shop' },
      tls: 'disable',
    });
    expect(parsePostgresUrl('//[::1]:5433/shop').client).toMatchObject({ host: '::1', port: 5433 });
    expect(parsePostgresUrl('//h/d?sslmode=verify-full&channel_binding=require')).toMatchObject({
      tls: 'verify-full',
      client: { enableChannelBinding: true },
    });
  });

  it('shows no user, no password and no key file in what is logged', () => {
    const locations = [
      '//me:hunter2@h:1/d?schema=s',
      '//h:1/d?user=me&password=hunter2&schema=s',
      '//h:1/d?schema=s&options=-c%20x%3Dhunter2',
    ];
    for (const location of locations)
      expect(parsePostgresUrl(location).url).toBe('postgres://h:1/d?schema=s');
  });

  it('refuses what it does not know, by name, and repeats no password', () => {
    expect(refusal('//me:hunter2@h/d?shcema=x').message).toContain('"shcema"');
    expect(refusal('//h/d?sslmode=on')).toMatchObject({ field: 'backend.sslmode' });
    expect(refusal('//h/d?pool=0')).toMatchObject({ field: 'backend.pool' });
    expect(refusal('//h/d?patience=soon')).toMatchObject({ field: 'backend.patience' });
    expect(refusal('//h/d?sslrootcert=/no/such/file').message).toContain('ENOENT');
    for (const schema of ['Has Space', 'a"b', 'pg_mine', `s${'x'.repeat(60)}`]) {
      expect(refusal(`//h/d?schema=${encodeURIComponent(schema)}`)).toMatchObject({
        field: 'backend.schema',
      });
    }
    for (const location of [
      '//me:hunter2@@h:port/d',
      'h/d',
      '//me:hunter2%@h/d',
      '//me:12?hunter2@h/d',
      '//me:12?hunter2&x@h/d',
    ]) {
      const { message, remedy } = refusal(location);
      expect(`${message} ${remedy}`).not.toContain('hunter2');
    }
  });
});
