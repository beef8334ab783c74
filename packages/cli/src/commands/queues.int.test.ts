import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobView, QueueOverview, ScheduleView } from '@fluxori/queue';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandLine } from '../testing/command-line.js';
import { accountsOf, type Home, homeForMany, testAccount } from '../testing/main-job.js';

let sandbox: Sandbox;
let home: Home;
let fluxori: CommandLine;

beforeAll(async () => {
  sandbox = await startSandbox({ orders: 20, skus: 5 });
  home = await homeForMany();
  fluxori = new CommandLine(home.path, { FLUXORI_BACKEND: home.backendUrl });
  const accounts = accountsOf(sandbox);
  await writeFile(
    join(home.path, 'fluxori.config.json'),
    JSON.stringify({ accounts, privacy: { sweep: false } }),
  );
});
afterAll(async () => {
  await sandbox.close();
  await home[Symbol.asyncDispose]();
});

const orders = async () =>
  (await fluxori.json<QueueOverview[]>('queues', 'list')).find(({ section }) => section === 'orders')!;

describe('fluxori queues', () => {
  it('pauses an account: a worker leaves its jobs, says why, and does them when it is resumed', async () => {
    const { jobId } = await fluxori.json<{ jobId: string }>('orders', 'import', '--no-wait');
    expect(await fluxori.json('queues', 'pause', 'orders', '--account', testAccount)).toEqual({
      sections: ['orders'],
      account: testAccount,
    });
    const idle = await fluxori.json('worker', '--until-idle');
    expect(idle).toEqual({ completed: 0, failed: 0, cancelled: 0 });
    expect(await fluxori.json<JobView>('jobs', 'show', jobId)).toMatchObject({
      state: 'parked',
      attempts: 0,
      parked: { for: 'pause' },
    });
    expect((await fluxori.run('jobs', 'list')).stdout).toContain('was paused by an operator on');
    expect((await orders()).pausedAccounts).toMatchObject([{ accountId: testAccount }]);
    expect((await fluxori.run('queues', 'list')).stdout).toMatch(
      new RegExp(`orders.*${testAccount} since 20`),
    );
    const health = await fluxori.json<{ parts: { queues: unknown } }>('health');
    expect(health.parts.queues).toMatchObject({
      details: { parked: 1, paused: [{ section: 'orders', account: testAccount }] },
    });
    expect((await fluxori.run('queues', 'resume')).stdout).toContain('Nothing to do');
    expect((await fluxori.run('queues', 'resume', '--account', testAccount)).stdout).toContain('Resumed');
    expect(await fluxori.json('worker', '--until-idle')).toMatchObject({ completed: 1 });
  });

  it('pauses a section, and says so when it is paused already', async () => {
    expect((await fluxori.run('queues', 'pause', 'orders')).stdout).toContain('Paused: orders.');
    expect((await fluxori.run('queues', 'pause', 'orders')).stdout).toContain('Nothing to do');
    expect(await orders()).toHaveProperty('pausedSince');
    await fluxori.run('queues', 'resume', 'orders');
    expect(await orders()).not.toHaveProperty('pausedSince');
    const wrong = await fluxori.run('queues', 'pause', 'nonsense');
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('What to do:');
  });
});

describe('fluxori schedules', () => {
  it('sets, lists, changes and removes a schedule; a worker runs it', async () => {
    const often = ['schedules', 'set', 'orders-often', 'orders.import', '--every', '6h'];
    expect(await fluxori.json<ScheduleView>(...often)).toMatchObject({
      everyMs: 21_600_000,
      section: 'orders',
    });
    const before = (await fluxori.json<JobView[]>('jobs', 'list', '--state', 'completed')).length;
    await fluxori.json('worker', '--until-idle');
    expect(await fluxori.json<JobView[]>('jobs', 'list', '--state', 'completed')).toHaveLength(before + 1);
    await fluxori.run(
      ...['schedules', 'set', 'orders-often', 'orders.import', '--cron', '0 6 * * *'],
      ...['--time-zone', 'Africa/Johannesburg'],
    );
    const [schedule, ...more] = await fluxori.json<ScheduleView[]>('schedules', 'list');
    expect(more).toEqual([]);
    expect(schedule).toMatchObject({ cron: '0 6 * * *', timeZone: 'Africa/Johannesburg' });
    expect(String(schedule!.nextRunAt)).toMatch(/T04:00:00/);
    expect((await fluxori.run('schedules', 'list')).stdout).toContain('0 6 * * * Africa/Johannesburg');
    expect((await fluxori.run('schedules', 'remove', 'orders-often')).code).toBe(0);
    expect((await fluxori.run('schedules', 'remove', 'orders-often')).code).not.toBe(0);
    expect((await fluxori.run('schedules', 'list')).stdout).toContain('No schedules.');
  });

  const set = (...args: string[]) => fluxori.run('schedules', 'set', 'often', 'orders.import', ...args);

  it('tells when the first run comes', async () => {
    expect((await set('--every', '15m')).stdout).toContain(
      'often: orders.import for acme-za, every 15 m; next now, when a worker takes it up.',
    );
    expect((await set('--cron', '0 6 * * *')).stdout).toMatch(
      /0 6 \* \* \* UTC; next in .+ \(until .+ UTC\)\./,
    );
    await fluxori.run('schedules', 'remove', 'often');
  });

  it.each([
    ['neither', []],
    ['both', ['--every', '15m', '--cron', '0 6 * * *']],
  ])('asks for one of --every and --cron when given %s', async (_what, args) => {
    const { code, stderr } = await set(...args);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/--every.*--cron/) });
    expect(stderr).not.toContain('everyMs');
  });

  it('refuses a time zone that would mean nothing', async () => {
    const { code, stderr } = await set('--every', '15m', '--time-zone', 'Africa/Johannesburg');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('--time-zone') });
  });

  it.each([
    ['--every', 'soon'],
    ['--cron', 'at six'],
    ['--payload', '{'],
  ])('refuses %s %s with words, not a stack', async (option, value) => {
    const { code, stderr } = await fluxori.run('schedules', 'set', 'wrong', 'orders.import', option, value);
    expect(code).not.toBe(0);
    expect(stderr).toContain('What to do:');
    expect(await fluxori.json('schedules', 'list')).toEqual([]);
  });
});

describe('fluxori jobs', () => {
  it('lists failed jobs by code, puts all back, and throws all away', async () => {
    const failing = ['inventory', 'set', 'NO-SUCH-SKU'];
    for (const quantity of ['1', '2']) expect((await fluxori.run(...failing, quantity)).code).toBe(5);
    const failed = await fluxori.json<JobView[]>('jobs', 'failed');
    expect(failed).toHaveLength(2);
    const code = String(failed[0]!.error!.code);
    expect((await fluxori.run('jobs', 'failed', '--code', code)).stdout).toContain(failed[1]!.jobId);
    expect((await fluxori.run('jobs', 'failed', '--code', 'AUTH_REVOKED')).stdout).toContain(
      'No failed jobs.',
    );
    expect((await fluxori.run('jobs', 'retry')).code).not.toBe(0);
    const { jobIds } = await fluxori.json<{ jobIds: string[] }>(
      'jobs',
      'retry',
      '--all',
      '--account',
      testAccount,
    );
    expect(jobIds.sort()).toEqual(failed.map(({ jobId }) => jobId).sort());
    const worked = await fluxori.run('worker', '--until-idle', '--json');
    const { completed, failed: again } = JSON.parse(worked.stdout) as { completed: number; failed: number };
    expect([again, worked.code]).toEqual([2, completed > 0 ? 10 : 11]);
    expect((await fluxori.run('jobs', 'discard', failed[0]!.jobId)).stdout).toContain('Discarded');
    expect((await fluxori.run('jobs', 'discard', '--all')).stdout).toContain('1 discarded.');
    expect(await fluxori.json('jobs', 'failed')).toEqual([]);
  });
});
