import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { accountId, sleep } from '@fluxori/core';
import { preparedDataFolder, Stopwatch } from '@fluxori/test-services';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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
  }, { connection, concurrency: 3, lockDuration: 2000 }, backendFactory);
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

describe('a worker whose backend was closed before it', () => {
  it('leaves the process alive and idle', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', closing], {
      cwd: packageFolder,
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    let told = '';
    child.stdout.on('data', (chunk) => {
      told += chunk;
    });
    await once(child, 'close');
    const { done, errors } = JSON.parse(told || '{}');
    expect(done).toBeGreaterThanOrEqual(10);
    expect(errors).toBeLessThan(20);
  });
});

describe('a pglite folder and the processes that open it', () => {
  let folder: string;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fluxori-backend-'));
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts the program, and stops it hard when it has told of so many finished writes. */
  async function runAndKill(afterWrites: number, whileItRuns: () => Promise<void> = async () => {}) {
    const told: string[] = [];
    child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: packageFolder,
      env: { ...process.env, BACKEND_URL: `pglite:${folder}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const enough = new Promise<void>((done) => {
      child?.stdout?.on('data', (chunk: Buffer) => {
        told.push(...chunk.toString().split('\n').filter(Boolean));
        if (told.filter((line) => line.startsWith('written')).length >= afterWrites) done();
      });
    });
    await Promise.race([enough, exited]);
    await whileItRuns();
    child.kill('SIGKILL');
    await exited;
    return told;
  }

  it('keeps every job, write and token that was promised before a kill -9', async () => {
    const told = await runAndKill(20);
    const backend = await openBackend(`pglite:${folder}`);

    for (const line of told.filter((one) => one.startsWith('written'))) {
      expect(await backend.records.readState(accountId('acme'), `job ${line.split(' ')[1]}`)).toBe(true);
    }
    const [bucket] = await backend.buckets.inspect('orders');
    const tokens = told.filter((line) => line.startsWith('token')).length;
    expect(tokens).toBeGreaterThanOrEqual(20);
    expect(bucket!.level).toBeLessThan(100 - tokens + 0.5);

    const { connection, backendFactory } = await backend.queueConnection();
    const queue = new Queue('survivors', { connection }, backendFactory);
    const worker = new Worker(
      'survivors',
      async () => {},
      { connection, stalledInterval: 500, lockDuration: 1_000, maxStalledCount: 5 },
      backendFactory,
    );
    const finished = async () => (await queue.getJobCounts('completed')).completed;
    // What was being worked on when the process died is taken up again when its lock has run out.
    while ((await finished()) !== 60) await sleep(100);
    await worker.close();
    expect(await queue.getJobCounts('failed', 'waiting', 'delayed', 'active')).toMatchObject({
      failed: 0,
      active: 0,
    });
    await queue.close();
    await backend.close();
  });

  it('refuses a second process clearly, and lets the next one in at once when the first was killed', async () => {
    await preparedDataFolder(folder, openBackend);
    await runAndKill(1, async () => {
      const refused = openBackend(`pglite:${folder}`);
      await expect(refused).rejects.toMatchObject({
        name: 'ConfigurationError',
        code: 'BACKEND_IN_USE',
        details: { folder, pid: child?.pid },
      });
      await expect(refused).rejects.toThrow(folder);
    });
    const openingMs = async () => {
      const watch = new Stopwatch();
      const backend = await openBackend(`pglite:${folder}`);
      const tookMs = watch.stop();
      await backend.close();
      return tookMs;
    };
    const afterKill = await openingMs();
    // The same without a predecessor that was killed, on this machine and at this hour; what was in the log has to be replayed.
    expect(afterKill).toBeLessThan(3 * (await openingMs()) + 2_000);
  });

  it('begins again when it was killed while the database was being made', async () => {
    child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: packageFolder,
      env: { ...process.env, BACKEND_URL: `pglite:${folder}` },
      stdio: 'ignore',
    });
    const exited = once(child, 'exit');
    const { existsSync } = await import('node:fs');
    while (!existsSync(join(folder, 'postgres', 'base'))) await sleep(5);
    child.kill('SIGKILL');
    await exited;
    const backend = await openBackend(`pglite:${folder}`);
    await backend.keyValues.set('works', true);
    expect(await backend.keyValues.get('works')).toBe(true);
    await backend.close();
  });
});
