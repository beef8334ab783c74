import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AmazonSpConfigInput, amazonSp } from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import type { BenchResult } from '@fluxori/bench';
import { ConnectorFactory } from '@fluxori/core';
import { startServer } from '@fluxori/test-services';
import axios from 'axios';

const callsPerBlock = 200;
/** Many: what is looked for is a twentieth of a call, and the collector alone moves a block by more. */
const rounds = 48;
const warmUpRounds = 12;
const countedCalls = 1_000;
const path = '/sellers/v1/marketplaceParticipations';

type Call = () => Promise<unknown>;

/** CPU and wall time of one call, in microseconds. */
interface Cost {
  readonly cpu: number;
  readonly latency: number;
}

/**
 * What `connector.api(…)` adds to a bare axios call: parameters checked, rate token, access token, circuit, deadline, errors, what the answer
 * tells learnt. Both ask the same server, which is a process of its own, one after the other; blocks alternate, each second round backwards so that
 * nobody always pays for what a certain other left to collect, and what is told is the median of the differences within the rounds.
 */
export async function bench(): Promise<BenchResult> {
  await using redis = await startServer('redis');
  await using postgres = await startServer('postgres');
  const server = fork(join(import.meta.dirname, '../testing/loopback-server.ts'), {
    execArgv: ['--no-warnings'],
  });
  const [port] = (await once(server, 'message')) as [number];
  const origin = `http://127.0.0.1:${port}`;
  const agent = new Agent({ keepAlive: true });
  try {
    const stores = { memory: 'memory:', redis: redis.url, postgres: postgres.url };
    const opened = await Promise.all(Object.values(stores).map((url) => connect(url, origin)));
    const ours = opened.map(({ call }) => call);
    const bare = bareCall(origin, agent);
    const costs = await alternate([bare, ...ours]);
    const [alone = []] = costs;
    const figures: Record<string, number> = {
      'bare axios: CPU per call, µs': median(alone.map(({ cpu }) => cpu)),
      'bare axios: latency, µs': median(alone.map(({ latency }) => latency)),
    };
    for (const [index, store] of Object.keys(stores).entries()) {
      const own = costs[index + 1] ?? [];
      figures[`${store}: CPU added per call, µs`] = median(
        own.map(({ cpu }, i) => cpu - (alone[i]?.cpu ?? 0)),
      );
      figures[`${store}: latency added, µs`] = median(
        own.map(({ latency }, i) => latency - (alone[i]?.latency ?? 0)),
      );
    }
    const commands = await commandsOf(redis.url, async () => {
      for (let i = 0; i < countedCalls; i += 1) await ours[1]?.();
    });
    const roundTrips = commands.scripts / countedCalls;
    figures['redis: scripts per call'] = round(roundTrips, 1000);
    figures['redis: other commands per call, in the background'] = round(
      commands.others / countedCalls,
      1000,
    );
    for (const { close } of opened) await close();
    const added = figures['memory: CPU added per call, µs'] ?? Number.NaN;
    return {
      figures,
      bars: [
        { what: 'memory: CPU added per call, µs, at most', value: added, limit: 60, ok: added <= 60 },
        {
          what: 'redis: round trips per call, at most',
          // The last call's token is settled by a script of its own, since no call follows that it could go with.
          value: round(roundTrips, 100),
          limit: 1,
          ok: round(roundTrips, 100) <= 1,
        },
      ],
    };
  } finally {
    agent.destroy();
    server.disconnect();
  }
}

/** As a program without a framework would write it: keep-alive, the headers that Amazon wants, JSON. */
function bareCall(origin: string, httpAgent: Agent): Call {
  const headers = {
    accept: 'application/json',
    'user-agent': 'Bench/1.0',
    'x-amz-access-token': 'Atza|bench',
  };
  return () => axios.get(origin + path, { httpAgent, headers });
}

async function connect(url: string, origin: string): Promise<{ call: Call; close(): Promise<void> }> {
  const backend = await openBackend(url);
  const config: AmazonSpConfigInput = {
    accountId: 'bench',
    sellerId: 'A2EXAMPLE',
    marketplaceIds: ['ZA'],
    clientId: 'amzn1.application-oa2-client.bench',
    clientSecret: 'amzn1.oa2-cs.v1.bench',
    refreshToken: 'Atzr|bench',
    endpoints: { lwa: origin, na: origin, eu: origin, fe: origin },
    // What is measured is the cost of asking, not of waiting.
    limits: { '*': { ratePerSecond: 1_000, burst: 1_000_000 } },
  };
  const connector = new ConnectorFactory().register(amazonSp).create('amazon-sp', config, { backend });
  return {
    call: () => connector.api('sellers').getMarketplaceParticipations(),
    async close() {
      await connector.close();
      await backend.close();
    },
  };
}

/** The cost of each call in each round. */
async function alternate(calls: readonly Call[]): Promise<Cost[][]> {
  const costs: Cost[][] = calls.map(() => []);
  for (let i = 0; i < warmUpRounds + rounds; i += 1) {
    const order = [...calls.entries()];
    for (const [index, call] of i % 2 === 0 ? order : order.reverse()) {
      const cost = await block(call);
      if (i >= warmUpRounds) costs[index]?.push(cost);
    }
  }
  return costs;
}

async function block(call: Call): Promise<Cost> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (let i = 0; i < callsPerBlock; i += 1) await call();
  const latency = ((performance.now() - startedAt) * 1_000) / callsPerBlock;
  const used = process.cpuUsage(cpu);
  return { cpu: (used.user + used.system) / callsPerBlock, latency };
}

/** What a Redis server is asked to do meanwhile, as its own monitor tells. */
async function commandsOf(url: string, work: Call): Promise<{ scripts: number; others: number }> {
  const { Redis } = createRequire(import.meta.resolve('@fluxori/backend'))('ioredis');
  const redis = new Redis(url);
  const monitor = await redis.monitor();
  const counted = { scripts: 0, others: 0 };
  monitor.on('monitor', (_time: string, [name = '']: string[], source: string) => {
    // What a script does within the server is no round trip.
    if (source === 'lua') return;
    if (name.toLowerCase() === 'evalsha') counted.scripts += 1;
    else counted.others += 1;
  });
  await work();
  // What was settled last is told a moment later.
  await sleep(100);
  monitor.disconnect();
  redis.disconnect();
  return counted;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return round(sorted[sorted.length >> 1] ?? Number.NaN, 10);
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
