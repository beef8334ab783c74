import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Health, silentLogger } from '@fluxori/core';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { describeWith, promised, Stopwatch, services, startServer } from '@fluxori/test-services';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { App } from '../composition/open-app.js';
import { CommandLine, until } from '../testing/command-line.js';
import { accountsOf, type Home, temporaryHome, testAccount } from '../testing/main-job.js';
import { openWorkerMonitor, type WorkerMonitor } from './worker-monitor.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A worker in a process of its own, as a person starts it. */
class WorkerProcess implements AsyncDisposable {
  output = '';
  readonly #process: ChildProcess;

  constructor(cwd: string, ...args: string[]) {
    this.#process = spawn(process.execPath, [main, 'worker', '--metrics-port', '0', ...args], { cwd });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (chunk) => {
        this.output += String(chunk);
      });
  }

  /** Where it serves its pages, once it says so. */
  async url(): Promise<string> {
    await until(
      () => /Metrics: \S+\/metrics/.test(this.output) || this.#process.exitCode !== null,
      () => this.output,
    );
    return /Metrics: (\S+)\/metrics/.exec(this.output)?.[1] ?? '';
  }

  /** The exit code. */
  async stop(): Promise<number | null> {
    await this.#endBy('SIGTERM');
    return this.#process.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endBy('SIGKILL');
  }

  async #endBy(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#process.kill(signal);
    await until(
      () => this.#process.exitCode !== null || this.#process.signalCode !== null,
      () => `It goes on although it was sent a ${signal}: ${this.output}`,
    );
  }
}

/** What the series of a metric add up to, of those with these labels. */
function sum(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((part) => line.includes(part)))
    .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);
}

const page = async (url: string, path: string) => {
  const answer = await fetch(`${url}${path}`);
  return { status: answer.status, body: await answer.text() };
};

/** The metrics, with what the store says: a page does not wait long for it. */
async function wholePage(url: string): Promise<string> {
  let body = '';
  await until(
    async () => {
      body = (await page(url, '/metrics')).body;
      return sum(body, 'fluxori_backend_up') === 1 && !/^fluxori_metrics_source_up\{.*\} 0$/m.test(body);
    },
    () => body,
  );
  return body;
}

describe('what watches a worker', () => {
  const open: WorkerMonitor[] = [];
  afterEach(async () => {
    for (const monitor of open.splice(0)) await monitor[Symbol.asyncDispose]();
  });

  it('says when it is ready: not while it starts, while its store is away, or once it was told to stop', async () => {
    const stop = new AbortController();
    let backend: Health = { status: 'up' };
    const app = {
      backend: { kind: 'redis', health: async () => backend },
      queues: { counts: async () => ({ orders: { waiting: 2 } }) },
      tracker: { inspect: async () => [] },
      client: { circuits: () => [] },
      connectors: { made: [] },
    } as unknown as App;
    const monitor = await openWorkerMonitor(
      { port: 0, host: '127.0.0.1', signal: stop.signal },
      silentLogger,
    );
    open.push(monitor);
    const ready = async () => {
      const { status, body } = await page(monitor.url ?? '', '/readyz');
      return [status, (JSON.parse(body) as { reasons?: string[] }).reasons];
    };
    expect(await ready()).toEqual([503, ['process is down: the worker is starting']]);
    const watched = monitor.watch(app);
    expect(await ready()).toEqual([503, ['process is down: the worker is starting']]);
    watched.started();
    expect(await ready()).toEqual([200, undefined]);
    backend = { status: 'down', details: { error: 'connection refused', since: '2026-11-20T10:00:00.000Z' } };
    expect(await ready()).toEqual([
      503,
      ['backend is down since 2026-11-20T10:00:00.000Z: connection refused'],
    ]);
    const { body } = await page(monitor.url ?? '', '/metrics');
    expect([sum(body, 'fluxori_backend_up'), sum(body, 'fluxori_jobs', { state: 'waiting' })]).toEqual([
      0, 2,
    ]);
    backend = { status: 'up' };
    expect(await ready()).toEqual([200, undefined]);
    stop.abort();
    expect(await ready()).toEqual([503, ['process is down: the worker is stopping']]);
    expect(await page(monitor.url ?? '', '/healthz')).toMatchObject({ status: 200 });
  });
});

describe('a worker process', () => {
  let sandbox: Sandbox;
  let home: Home;
  beforeAll(async () => {
    sandbox = await startSandbox({ orders: 120, skus: 20 });
    home = await temporaryHome();
    await writeFile(
      join(home.path, 'fluxori.config.json'),
      JSON.stringify({ accounts: accountsOf(sandbox) }),
    );
  });
  afterAll(async () => {
    await sandbox.close();
    await home[Symbol.asyncDispose]();
  });

  it('shows what happened: its numbers are those that the far side counted', async () => {
    await using worker = new WorkerProcess(home.path);
    const url = await worker.url();
    const fluxori = new CommandLine(home.path, {});
    await until(
      async () => (await page(url, '/readyz')).status === 200,
      () => worker.output,
    );
    const { result } = await fluxori.json<{ result: { inserted: number } }>('orders', 'import');
    expect(result.inserted).toBe(120);
    // The command hears of its end from the store, perhaps before the worker has counted it.
    const done = async () =>
      sum((await page(url, '/metrics')).body, 'fluxori_jobs_completed_total', { job_name: 'orders.import' });
    await until(
      async () => (await done()) > 0,
      () => worker.output,
    );

    const body = await wholePage(url);
    const counted = sandbox.counters();
    expect({
      answers: sum(body, 'fluxori_http_answers_total', { status: '200' }),
      timed: sum(body, 'fluxori_http_attempt_duration_seconds_count'),
      granted: sum(body, 'fluxori_rate_granted_total', { limit: 'orders.searchOrders' }),
      throttled: sum(body, 'fluxori_http_throttled_total'),
      tokens: sum(body, 'fluxori_token_requests_total', { outcome: 'granted' }),
      done: sum(body, 'fluxori_jobs_completed_total', { job_name: 'orders.import' }),
      failed: sum(body, 'fluxori_jobs_failed_total'),
      completed: sum(body, 'fluxori_jobs', { section: 'orders', state: 'completed' }),
      store: sum(body, 'fluxori_backend_up', { kind: 'pglite' }),
      circuits: sum(body, 'fluxori_circuit_state'),
    }).toEqual({
      answers: counted.served + counted.tokenCalls,
      timed: counted.requests + counted.tokenCalls,
      granted: counted.operations['orders.searchOrders']?.requests,
      throttled: counted.throttled,
      tokens: counted.tokenCalls,
      done: 1,
      failed: 0,
      completed: 1,
      store: 1,
      circuits: 0,
    });
    expect(sum(body, 'fluxori_job_run_duration_seconds_count')).toBeGreaterThanOrEqual(1);
    const lifeSeconds =
      sum(body, 'fluxori_token_expiry_timestamp_seconds', { account: testAccount }) - Date.now() / 1_000;
    expect(lifeSeconds).toBeGreaterThan(3_000);
    expect(lifeSeconds).toBeLessThanOrEqual(3_600);
    expect(body).not.toMatch(/Atza|Atzr/);
    expect(await worker.stop()).toBe(0);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  describe.each(services)('on %s', (service) => {
    describeWith(service, 'that goes away', () => {
      it('ends soon all the same when it is told to', async () => {
        await using store = await startServer(service);
        await using worker = new WorkerProcess(home.path, '--backend', store.url);
        const url = await worker.url();
        const readiness = async () => (await page(url, '/readyz')).status;
        await until(
          async () => (await readiness()) === 200,
          () => worker.output,
        );
        await store.kill();
        await until(
          async () => (await readiness()) === 503,
          () => worker.output,
        );
        // A call waits 30 s for a store that is away; at the end of a worker 5 s, and those that follow half a second each.
        const watch = new Stopwatch();
        expect(await worker.stop()).toBe(0);
        expect(watch.stop()).toBeLessThan(promised(10_000));
      });
    });
  });

  describeWith('redis', 'on Redis', () => {
    it('is not ready while its store is away, and ready again when it is back', async () => {
      await using redis = await startServer('redis');
      await using worker = new WorkerProcess(home.path, '--backend', redis.url);
      const url = await worker.url();
      const readiness = async () => (await page(url, '/readyz')).status;
      await until(
        async () => (await readiness()) === 200,
        () => worker.output,
      );
      await redis.stop();
      await until(
        async () => (await readiness()) === 503,
        () => worker.output,
      );
      const { status, body } = await page(url, '/readyz');
      expect([status, (JSON.parse(body) as { reasons: string[] }).reasons[0]]).toEqual([
        503,
        expect.stringMatching(/^(backend is down|process is down: no part told its health)/),
      ]);
      expect((await page(url, '/healthz')).status).toBe(200);
      const away = (await page(url, '/metrics')).body;
      expect(away).toContain('fluxori_backend_up{kind="redis"} 0');
      // What cannot be counted is not there, rather than as it was.
      expect(sum(away, 'fluxori_metrics_source_up', { source: 'queues' })).toBe(0);
      expect(away).not.toContain('fluxori_jobs{');
      await redis.start();
      await until(
        async () => (await readiness()) === 200,
        () => worker.output,
      );
      expect(await wholePage(url)).toContain('fluxori_backend_up{kind="redis"} 1');
      expect(await worker.stop()).toBe(0);
    });
  });
});
