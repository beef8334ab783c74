import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { accountId, sleep } from '@fluxori/core';
import { preparedDataFolder } from '@fluxori/test-services';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Queue, Worker } from 'bullmq';
import { openBackend } from '../open-backend.js';

const packageFolder = resolve(import.meta.dirname, '../..');

/** Opens the folder, works slowly, writes, takes tokens, and tells each thing that it has been promised. */
const program = `
  import { openBackend } from ${JSON.stringify(join(packageFolder, 'dist/index.js'))};
  import { Queue, Worker } from 'bullmq';
  const tell = (word) => process.stdout.write(word + '\\n');
  const backend = await openBackend(process.env.BACKEND_URL);
  const { connection, backendFactory } = await backend.queueConnection();
  const queue = new Queue('survivors', { connection }, backendFactory);
  await queue.addBulk(Array.from({ length: 60 }, (_, index) => ({ name: 'work', data: { index }, opts: { delay: index % 3 === 0 ? 300 : 0 } })));
  const limit = { key: 'orders', ratePerSecond: 0.001, burst: 100 };
  new Worker('survivors', async (job) => {
    const { granted } = await backend.buckets.take([limit], { priority: 3 });
    tell('token ' + granted);
    await backend.records.write({ accountId: 'acme', state: { ['job ' + job.data.index]: true } });
    tell('written ' + job.data.index);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }, { connection, concurrency: 3, lockDuration: 600_000 }, backendFactory);
`;

/** Is ended, as by `kill -9`, when half of the files of a new database are there. */
const halfMade = `
  import fs from 'node:fs';
  import { openBackend } from ${JSON.stringify(join(packageFolder, 'dist/index.js'))};
  const { utimesSync } = fs;
  let files = 0;
  fs.utimesSync = (...those) => {
    utimesSync(...those);
    if (++files === 500) process.kill(process.pid, 'SIGKILL');
  };
  await openBackend(process.env.BACKEND_URL);
`;

/** Closes the backend under a worker that is busy, and tells that the event loop still turns. */
const closing = `
  import { openBackend } from ${JSON.stringify(join(packageFolder, 'dist/index.js'))};
  import { Queue, Worker } from 'bullmq';
  const backend = await openBackend('memory:');
  const { connection, backendFactory } = await backend.queueConnection();
  const queue = new Queue('busy', { connection }, backendFactory);
  await queue.addBulk(Array.from({ length: 100 }, () => ({ name: 'work', data: {} })));
  let done = 0;
  let errors = 0;
  const look = () => { process.stdout.write(JSON.stringify({ done, errors })); process.exit(); };
  const close = () => { setTimeout(look, 1_500); void backend.close(); };
  const worker = new Worker('busy', async () => void (++done === 10 && close()), { connection, concurrency: 2 }, backendFactory);
  worker.on('error', () => errors++);
`;

/** Runs what is given as text, with the package's own modules. */
function run(text: string, env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', text], {
    cwd: packageFolder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('a worker whose backend was closed before it', () => {
  let child: ChildProcess;
  afterEach(() => void child.kill('SIGKILL'));

  it('leaves the process alive and idle', async () => {
    child = run(closing);
    let told = '';
    child.stdout?.on('data', (chunk) => {
      told += chunk;
    });
    await once(child, 'close');
    const { done, errors } = JSON.parse(told || '{}');
    expect(done).toBeGreaterThanOrEqual(10);
    expect(errors).toBeLessThan(20);
  });
});

describe('a pglite folder whose process was killed in the middle of work', () => {
  const enoughWrites = 20;
  const told: string[] = [];
  let folder: string;
  let child: ChildProcess;
  let exited: Promise<unknown>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fluxori-backend-'));
    await preparedDataFolder(folder, openBackend);
    child = run(program, { BACKEND_URL: `pglite:${folder}` });
    exited = once(child, 'exit');
    const enough = new Promise<void>((done) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        told.push(...chunk.toString().split('\n').filter(Boolean));
        if (told.filter((line) => line.startsWith('written')).length >= enoughWrites) done();
      });
    });
    await Promise.race([enough, exited]);
  });
  afterAll(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('refuses a second process clearly as long as the first is there', async () => {
    const refused = openBackend(`pglite:${folder}`);
    await expect(refused).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'BACKEND_IN_USE',
      details: { folder, pid: child.pid },
    });
    await expect(refused).rejects.toThrow(folder);
  });

  it('lets the next one in, which finds every job, write and token that was promised before a kill -9', async () => {
    child.kill('SIGKILL');
    await exited;
    const backend = await openBackend(`pglite:${folder}`);

    for (const line of told.filter((one) => one.startsWith('written'))) {
      expect(await backend.records.readState(accountId('acme'), `job ${line.split(' ')[1]}`)).toBe(true);
    }
    const [bucket] = await backend.buckets.inspect('orders');
    const tokens = told.filter((line) => line.startsWith('token')).length;
    expect(tokens).toBeGreaterThanOrEqual(enoughWrites);
    expect(bucket!.level).toBeLessThan(100 - tokens + 0.5);

    const { connection, backendFactory } = await backend.queueConnection();
    const queue = new Queue('survivors', { connection }, backendFactory);
    const worker = new Worker(
      'survivors',
      async () => {},
      { connection, lockDuration: 600_000 },
      backendFactory,
    );
    const finished = async () => (await queue.getJobCounts('completed')).completed;
    // What was being worked on when the process died is taken up again, though its lock has not run out.
    while ((await finished()) !== 60) await sleep(100);
    await worker.close();
    expect(await queue.getJobCounts('failed', 'waiting', 'delayed', 'active')).toMatchObject({
      failed: 0,
      active: 0,
    });
    await queue.close();
    await backend.close();
  });
});

describe('a pglite folder whose process was killed while it made the database', () => {
  let folder: string;
  let child: ChildProcess;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fluxori-backend-'));
  });
  afterEach(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is begun again', async () => {
    child = run(halfMade, { BACKEND_URL: `pglite:${folder}` });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    expect(existsSync(join(folder, 'postgres', 'base'))).toBe(true);
    expect(JSON.parse(readFileSync(join(folder, 'fluxori.json'), 'utf8'))).toMatchObject({
      state: 'creating',
    });

    const backend = await openBackend(`pglite:${folder}`);
    await backend.keyValues.set('works', true);
    expect(await backend.keyValues.get('works')).toBe(true);
    await backend.close();
  });
});
