import { type Logger, ManualClock } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { type AmazonSpConfig, type AmazonSpConfigInput, amazonSpConfigSchema } from '../config.js';
import { credentialEnds } from './credential-ends.js';
import { credentialGauges } from './credential-gauges.js';
import { EndWatch } from './end-watch.js';

const dayMs = 86_400_000;
const now = Date.UTC(2026, 10, 21);
const inDays = (days: number) => new Date(now + days * dayMs);

function configOf(dates: Partial<AmazonSpConfigInput>): AmazonSpConfig {
  return amazonSpConfigSchema.parse({
    ...{ accountId: 'acme-za', sellerId: 'A1', marketplaceId: 'ZA', clientId: 'c' },
    ...{ clientSecret: 's', refreshToken: 'r', ...dates },
  });
}

describe('the ends of credentials', () => {
  it('come from the dates in the configuration: 180 days of a client secret, a year of an authorisation', () => {
    const ends = (dates: Partial<AmazonSpConfigInput>) =>
      credentialEnds(configOf(dates), now).map(({ kind, expiresAt }) => [
        kind,
        expiresAt.toISOString().slice(0, 10),
      ]);
    expect(ends({})).toEqual([]);
    expect(ends({ clientSecretIssuedAt: '2026-11-01' })).toEqual([['clientSecret', '2027-04-30']]);
    expect(ends({ clientSecretExpiresAt: '2027-01-02T03:04:05+02:00' })).toEqual([
      ['clientSecret', '2027-01-02'],
    ]);
    expect(ends({ authorizedAt: new Date('2026-02-03T00:00:00Z') })).toEqual([
      ['authorisation', '2027-02-03'],
    ]);
  });

  it.each([
    ['31 days before', 31, 'far'],
    ['30 days before', 30, 'soon'],
    ['just over 7 days before', 7.01, 'soon'],
    ['7 days before', 7, 'urgent'],
    ['at its moment', 0, 'past'],
    ['two days late', -2, 'past'],
  ])('are told by stages: %s', (_what, days, stage) => {
    const [end] = credentialEnds(configOf({ clientSecretExpiresAt: inDays(days) }), now);
    expect([end?.stage, end?.daysLeft]).toEqual([stage, Math.floor(days)]);
    expect(end?.message).toContain(days > 0 ? 'ends on' : 'ended on');
  });

  it('say what to do: rotate the secret, or let the seller authorise again', () => {
    const config = configOf({ clientSecretExpiresAt: inDays(3), authorizedAt: inDays(3 - 365) });
    const [secret, authorisation] = credentialEnds(config, now);
    expect(secret?.remedy).toContain('Rotate the client secret');
    expect(authorisation?.remedy).toContain('fluxori accounts add acme-za');
  });

  it('are refused when they are no dates, or both ways of a secret’s are written', () => {
    const problems = (dates: Record<string, unknown>) => () =>
      configOf(dates as Partial<AmazonSpConfigInput>);
    expect(problems({ authorizedAt: 'last summer' })).toThrow('write a date');
    expect(problems({ clientSecretIssuedAt: '2026-01-01', clientSecretExpiresAt: '2026-06-30' })).toThrow(
      'not both',
    );
  });

  it('are gauges by account, as moments, for the dates that are known', async () => {
    const connectors = [
      { config: configOf({ clientSecretExpiresAt: inDays(2), authorizedAt: inDays(-366) }) },
    ];
    const source = credentialGauges(() => connectors);
    const signal = new AbortController().signal;
    const labels = { account: 'acme-za' };
    expect(await source.read({ signal })).toEqual([
      { name: 'fluxori_client_secret_expiry_timestamp_seconds', value: inDays(2).getTime() / 1000, labels },
      { name: 'fluxori_authorisation_expiry_timestamp_seconds', value: inDays(-1).getTime() / 1000, labels },
    ]);
    connectors[0] = { config: configOf({}) };
    expect(await source.read({ signal })).toEqual([]);
  });
});

describe('the watch over them', () => {
  interface Line {
    readonly level: string;
    readonly fields: Readonly<Record<string, unknown>>;
    readonly message: string;
  }

  function watched(dates: Partial<AmazonSpConfigInput>) {
    const clock = new ManualClock(now);
    const lines: Line[] = [];
    const write = (level: string) => (fields: Line['fields'], message: string) =>
      void lines.push({ level, fields, message });
    const logger: Logger = {
      ...{ debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
      child: () => logger,
    };
    let hour: (() => void) | undefined;
    const watch = new EndWatch({
      ...{ config: configOf(dates), clock, logger },
      every: (_ms, work) => {
        hour = work;
        return () => {
          hour = undefined;
        };
      },
    });
    const pass = async (hours: number) => {
      for (let i = 0; i < hours; i++) {
        await clock.advance(3_600_000);
        hour?.();
      }
    };
    return { watch, lines, pass, isWatching: () => hour !== undefined };
  }

  it('tells at the beginning and once a day, and louder in the last week', async () => {
    const { watch, lines, pass } = watched({ clientSecretExpiresAt: inDays(8.5) });
    watch.start();
    expect(lines.map(({ level }) => level)).toEqual(['warn']);
    await pass(23);
    expect(lines).toHaveLength(1);
    await pass(25);
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'error']);
    expect(lines[2]).toMatchObject({
      fields: { credential: 'clientSecret', daysLeft: 6, expiresAt: inDays(8.5).toISOString() },
      message: expect.stringContaining('Rotate the client secret'),
    });
  });

  it('begins to tell in the middle of a long run, within an hour of the day', async () => {
    const { watch, lines, pass } = watched({ authorizedAt: inDays(31 - 365) });
    watch.start();
    expect(lines).toEqual([]);
    await pass(24);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.message).toContain('fluxori accounts add acme-za');
  });

  it('says nothing when nothing is near or known, and ends with the connector', async () => {
    const { watch, lines, pass, isWatching } = watched({ clientSecretExpiresAt: inDays(100) });
    watch.start();
    await pass(48);
    expect(lines).toEqual([]);
    watch.stop();
    watch.stop();
    expect(isWatching()).toBe(false);
  });
});
