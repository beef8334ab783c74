import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openBackend } from '@fluxori/backend';
import { sleep } from '@fluxori/core';
import {
  openRelay,
  type PrivateServer,
  type Relay,
  type Service,
  startServer,
  whyMissing,
} from '@fluxori/test-services';
import { afterEach, describe, expect, it } from '@jest/globals';
import { OperationQueue } from '../queue/operation-queue.js';
import { outageJob } from '../testing/outage-job.js';
import { account, until } from '../testing/rig.js';

const script = join(import.meta.dirname, '../../dist/testing/outage-worker.js');
const jobs = 900;
const cutMs = 20_000;

interface Line {
  readonly done?: string;
  readonly attempt?: number;
  readonly failed?: string;
  readonly started?: string;
  readonly log?: string;
  readonly message?: string;
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function startWorker(url: string, name: string, lines: Line[]): ChildProcess {
  const child = spawn(process.execPath, [script, url, name], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  createInterface({ input: child.stdout! }).on('line', (text) => lines.push(JSON.parse(text) as Line));
  return child;
}

/** With patience for a machine that takes several times as long to cut and to heal. */
function through(relay: Relay, server: PrivateServer): URL {
  const url = new URL(server.url);
  url.port = String(relay.port);
  url.searchParams.set('patience', '150');
  return url;
}

/** Two workers, a producer, and a store that is cut off for 20 s, killed, and restarted, all under load. */
async function outlast(service: Service): Promise<void> {
  await using server = await startServer(service);
  await using relay = await openRelay(server.port);
  const { href: url } = through(relay, server);
  await using backend = await openBackend(url);
  await using queue = new OperationQueue({ section: 'outage', jobs: [outageJob()], backend });
  await queue.addBulk(
    Array.from({ length: jobs }, (_, n) => ({ name: 'outage.step', accountId: account, payload: { n } })),
  );
  const workers: Line[][] = [[], []];
  const processes = workers.map((lines, index) => startWorker(url, `w${index}`, lines));
  const all = () => workers.flat();
  const done = () => all().filter((line) => line.done !== undefined);
  const untilDone = (count: number) => until(async () => done().length >= count);
  await untilDone(100);

  await relay.cut();
  const cutAt = Date.now();
  const asked = queue.counts();
  await until(async () => (await backend.health()).status === 'down');
  await sleep(cutMs - (Date.now() - cutAt));
  const before = done().length;
  await relay.heal();
  await expect(asked).resolves.toMatchObject({ failed: 0 });
  await untilDone(Math.min(before + 100, jobs));
  await expect(backend.health()).resolves.toMatchObject({ status: 'up' });

  await server.kill();
  await server.start();
  await untilDone(Math.min(done().length + 100, jobs));
  await server.stop();
  await server.start();

  await until(async () => (await queue.counts()).completed + (await queue.counts()).failed >= jobs);
  await expect(queue.counts()).resolves.toEqual({
    waiting: 0,
    parked: 0,
    active: 0,
    failed: 0,
    cancelled: 0,
    completed: jobs,
  });
  await expect(backend.records.count('inventory', { accountId: account })).resolves.toBe(2 * jobs);
  expect(all().filter(({ failed }) => failed !== undefined)).toEqual([]);
  const times = new Map<string, number>();
  for (const { done: jobId } of done()) times.set(jobId!, (times.get(jobId!) ?? 0) + 1);
  expect([...times].filter(([, count]) => count > 1)).toEqual([]);
  expect(times.size).toBe(jobs);
  expect(done().every(({ attempt }) => attempt === 1)).toBe(true);
  for (const lines of workers) {
    const said = lines.filter(({ log }) => log === 'warn' || log === 'error').map(({ message }) => message);
    expect(said.filter((message) => message!.includes('is away')).length).toBeGreaterThanOrEqual(1);
    // Three outages: lines for changes of state, of which a slow server's coming and going makes more, and not one for each command that waits.
    expect(said.length).toBeLessThanOrEqual(30);
  }
  for (const child of processes) child.stdin!.end();
  await until(async () => processes.every(({ exitCode }) => exitCode !== null));
}

const services = (['redis', 'postgres'] as const).filter((service) => whyMissing(service) === undefined);
const missing = services.length === 2 ? '' : ` [only ${services.join(' and ') || 'none'} here]`;

describe(`a store that is cut off for ${cutMs / 1_000} s, killed and restarted, under load${missing}`, () => {
  it('costs no job: each is done once, none fails, and work goes on by itself', async () => {
    const ends = await Promise.allSettled(services.map(outlast));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  });
});
