import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountId, sleep } from '@fluxori/core';
import { describeWith } from '@fluxori/test-services';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { FluxoriBackend } from '../fluxori-backend.js';
import { openBackend } from '../open-backend.js';

/** Several `redis-server` processes that end with the test. */
class Servers implements AsyncDisposable {
  readonly #folder: string;
  readonly #processes = new Map<number, ChildProcess>();
  readonly #clients: Redis[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<Servers> {
    return new Servers(await mkdtemp(join(tmpdir(), 'fluxori-redis-')));
  }

  /** Starts one and answers with its port; with another when somebody took that one first. */
  async start(settings: readonly string[], ...mode: string[]): Promise<number> {
    for (;;) {
      const port = await freePort();
      const file = join(this.#folder, `${port}.conf`);
      const lines = [`port ${port}`, 'bind 127.0.0.1', `dir ${this.#folder}`, 'save ""', ...settings];
      await writeFile(file, lines.join('\n').replaceAll('%port%', String(port)));
      const child = spawn('redis-server', [file, ...mode], { stdio: 'ignore' });
      this.#processes.set(port, child);
      const ended = once(child, 'exit').then(() => '');
      const client = this.client(port);
      const told = await Promise.race([client.info('server'), ended]);
      if (told.includes(`process_id:${child.pid}\r\n`)) return port;
      client.disconnect();
      await this.kill(port);
    }
  }

  client(port: number): Redis {
    const client = new Redis({
      host: '127.0.0.1',
      port,
      retryStrategy: () => 50,
      maxRetriesPerRequest: null,
    });
    client.on('error', () => {});
    this.#clients.push(client);
    return client;
  }

  async kill(port: number): Promise<void> {
    const child = this.#processes.get(port)!;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await Promise.all([...this.#processes.keys()].map((port) => this.kill(port)));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** With the one 10,000 above, which is a cluster's bus; both below those that outgoing connections are given. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 10_000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const isListening = await Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ]);
  server.close();
  return isListening;
}

async function until(holds: () => Promise<boolean>, everyMs = 50): Promise<void> {
  while (!(await holds())) await sleep(everyMs);
}

/** A little of everything. */
async function exercise(backend: FluxoriBackend): Promise<void> {
  const limits = ['a', 'b', 'c'].map((key) => ({ key, ratePerSecond: 1, burst: 2 }));
  const answers = [];
  for (let turn = 0; turn < 3; turn++) {
    answers.push(await backend.buckets.take(limits, { priority: 3, waiter: `w${turn}` }));
  }
  expect(answers.map(({ granted }) => granted)).toEqual([true, true, false]);
  expect((await backend.buckets.inspect('')).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  await backend.keyValues.set('a', { b: 1 }, { ttlMs: 60_000 });
  expect(await backend.keyValues.get('a')).toEqual({ b: 1 });
  expect(await backend.keyValues.keys('')).toEqual(['a']);
  const account = accountId('acme');
  await backend.records.write({ accountId: account, state: { mark: 1 } });
  expect(await backend.records.readState(account, 'mark')).toBe(1);
  const order: number[] = [];
  const inTurn = (index: number) => backend.locks.withLock('one', async () => void order.push(index));
  await Promise.all([inTurn(1), inTurn(2), inTurn(3)]);
  expect(order).toEqual([1, 2, 3]);
}

async function runJobs(backend: FluxoriBackend, jobs: number): Promise<number> {
  const { Queue, Worker } = await import('bullmq');
  const { connection, prefix, backendFactory } = await backend.queueConnection();
  const options = { connection, ...(prefix !== undefined && { prefix }) };
  const queue = new Queue('work', options, backendFactory);
  await queue.addBulk(Array.from({ length: jobs }, () => ({ name: 'one', data: {} })));
  let done = 0;
  const worker = new Worker('work', async () => void done++, { ...options, concurrency: 5 }, backendFactory);
  worker.on('error', () => {});
  while (done < jobs) await sleep(10);
  await worker.close();
  await queue.close();
  return done;
}

describeWith('redis', 'Redis run by several', () => {
  let servers: Servers;
  beforeEach(async () => {
    servers = await Servers.open();
  });
  afterEach(() => servers[Symbol.asyncDispose]());

  describe('as a cluster', () => {
    it('serves every port and BullMQ, whichever node the URL names', async () => {
      const settings = [
        'cluster-enabled yes',
        'cluster-config-file nodes-%port%.conf',
        // Nobody is to be given up while the machine holds it up.
        'cluster-node-timeout 30000',
        'appendonly no',
      ];
      const ports = await Promise.all([0, 1, 2].map(() => servers.start(settings)));
      const nodes = ports.map((port) => servers.client(port));
      for (const [index, node] of nodes.entries()) {
        const from = index * 5_462;
        await node.call('CLUSTER', 'ADDSLOTSRANGE', from, Math.min(from + 5_461, 16_383));
      }
      await until(async () => {
        const states = await Promise.all(nodes.map((node) => node.cluster('INFO')));
        const areTogether = states.every((state) => /cluster_state:ok/.test(state));
        if (!areTogether)
          for (const port of ports.slice(1)) await nodes[0]!.cluster('MEET', '127.0.0.1', port);
        return areTogether;
      }, 300);

      const place = `127.0.0.1:${ports[0]},127.0.0.1:${ports[2]}`;
      await using backend = await openBackend(`redis://${place}?cluster=true&prefix=shop&patience=600`);
      await exercise(backend);
      expect(await runJobs(backend, 50)).toBe(50);
      const alone = openBackend(`redis://127.0.0.1:${ports[0]}`);
      await expect(alone).rejects.toThrow('is part of a cluster, and the URL does not say so');
    });
  });

  describe('behind a sentinel', () => {
    it('goes on with the replica when the master dies', async () => {
      const settings = ['appendonly no', 'repl-diskless-sync-delay 0'];
      const master = await servers.start(settings);
      const replica = await servers.start([...settings, `replicaof 127.0.0.1 ${master}`]);
      const sentinel = await servers.start(
        [
          `sentinel monitor main 127.0.0.1 ${master} 1`,
          // So that nobody is taken for dead before he is killed, because the machine holds him up.
          'sentinel down-after-milliseconds main 60000',
          'sentinel failover-timeout main 5000',
        ],
        '--sentinel',
      );
      const watcher = servers.client(sentinel);
      const copy = servers.client(replica);
      await until(async () => /master_link_status:up/.test(await copy.info('replication')));
      await until(async () => /slaves=1/.test(await watcher.info('sentinel')));

      await using backend = await openBackend(
        `redis://127.0.0.1:${sentinel}?sentinel=main&prefix=shop&patience=600`,
      );
      await exercise(backend);
      await backend.keyValues.set('before', 1);
      await until(async () => (await copy.get('{shop}/kv/before')) === '1');
      await watcher.call('SENTINEL', 'SET', 'main', 'down-after-milliseconds', '500');
      // A sentinel that was held up for two seconds does nothing for the next thirty.
      await servers.kill(master);
      await backend.keyValues.set('after', 2);
      expect(await backend.keyValues.get('before')).toBe(1);
      expect(await copy.get('{shop}/kv/after')).toBe('2');
      expect(await runJobs(backend, 20)).toBe(20);
    });
  });
});
