import { createRequire } from 'node:module';
import { openBackend } from '@fluxori/backend';
import { type Priority, RemoteError } from '@fluxori/core';
import { NetworkAwareClient, RateTracker, type UsagePlan } from '@fluxori/network';
import Bottleneck from 'bottleneck';

/** What a process of callers is started with, as JSON in its first argument. */
export interface CallersTask {
  /** The backend's URL; with `bottleneck+`, Bottleneck's own clustered reservoir on that Redis instead, with the given heartbeat. */
  readonly store: string;
  readonly heartbeatMs?: number;
  /** Where the judge is. */
  readonly origin: string;
  readonly scenario: string;
  readonly sellers: number;
  readonly callersPerSeller: number;
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** How one request is made when its turn has come. */
interface Way extends AsyncDisposable {
  call(seller: number, priority: Priority, urgent: number | undefined, signal: AbortSignal): Promise<void>;
}

/**
 * A process of its own for `rate.bench.ts`: callers that ask again and again from the word `go` on, and one urgent call at each word
 * `urgent`. It ends with its parent's channel.
 */
async function main(task: CallersTask): Promise<void> {
  const way = task.store.startsWith('bottleneck+') ? bottleneckWay(task) : await ourWay(task);
  const stop = new AbortController();
  const caller = async (seller: number): Promise<void> => {
    while (!stop.signal.aborted)
      await way.call(seller, 'bulk', undefined, stop.signal).catch(() => undefined);
  };
  process.on('message', (word: string) => {
    if (word === 'go') {
      for (let seller = 0; seller < task.sellers; seller += 1) {
        for (let i = 0; i < task.callersPerSeller; i += 1) void caller(seller);
      }
    } else if (word === 'stop') {
      stop.abort();
      void way[Symbol.asyncDispose]().then(() => process.disconnect());
    } else void urgentCall(way, task, stop.signal);
  });
  process.once('disconnect', () => process.exit());
  await warmUp(way, stop.signal);
  process.send?.('ready');
}

/** A process that has just been started compiles its code at the first calls; those are another seller's. */
async function warmUp(way: Way, signal: AbortSignal): Promise<void> {
  await Promise.all(
    Array.from({ length: 5 }, () => way.call(-1, 'bulk', undefined, signal).catch(() => undefined)),
  );
}

async function urgentCall(way: Way, task: CallersTask, signal: AbortSignal): Promise<void> {
  const answer = await fetch(`${task.origin}/verdict/${task.scenario}`);
  const { served } = (await answer.json()) as { served: number };
  await way.call(0, 'critical', served, signal).catch(() => undefined);
}

function urlOf(task: CallersTask, seller: number, urgent: number | undefined): string {
  const { origin, scenario, ratePerSecond, burst } = task;
  const query = urgent === undefined ? '' : `?urgent=${urgent}`;
  return `${origin}/call/${scenario}/${ratePerSecond}/${burst}/${seller}${query}`;
}

async function ourWay(task: CallersTask): Promise<Way> {
  const { ratePerSecond, burst, scenario } = task;
  const backend = await openBackend(task.store);
  const tracker = new RateTracker({ buckets: backend.buckets, keyValues: backend.keyValues });
  const client = new NetworkAwareClient({ env: {} });
  const plansOf = (seller: number): readonly UsagePlan[] => [
    { key: `${scenario}/${seller}/op`, label: `op@${seller}`, ratePerSecond, burst, source: 'published' },
  ];
  const plans = Array.from({ length: task.sellers }, (_, seller) => plansOf(seller));
  return {
    call: async (seller, priority, urgent, signal) => {
      await client.call(
        {
          operation: 'op',
          account: String(seller),
          method: 'GET',
          url: urlOf(task, seller, urgent),
          idempotent: true,
          rate: { tracker, plans: plans[seller] ?? plansOf(seller) },
          toError: (answer, context) =>
            new RemoteError(`answered ${answer.status}`, { ...context, status: answer.status }),
        },
        { priority, signal },
      );
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await backend.close();
    },
  };
}

/** As Bottleneck's documentation has it: a reservoir that increases by the rate every second, up to the burst. */
function bottleneckWay(task: CallersTask): Way {
  const fromBackend = createRequire(import.meta.resolve('@fluxori/backend'));
  const url = new URL(task.store.slice('bottleneck+'.length));
  const limiter = new Bottleneck({
    id: task.scenario,
    datastore: 'ioredis',
    clearDatastore: false,
    clientOptions: { host: url.hostname, port: Number(url.port) },
    Redis: fromBackend('ioredis').Redis,
    ...(task.heartbeatMs !== undefined && { heartbeatInterval: task.heartbeatMs }),
    reservoir: task.burst,
    reservoirIncreaseAmount: task.ratePerSecond,
    reservoirIncreaseInterval: 1_000,
    reservoirIncreaseMaximum: task.burst,
  } as Bottleneck.ConstructorOptions);
  limiter.on('error', () => undefined);
  return {
    call: async (seller, priority, urgent) => {
      if (seller < 0) return;
      await limiter.schedule({ priority: priority === 'critical' ? 1 : 5 }, async () => {
        await (await fetch(urlOf(task, seller, urgent))).arrayBuffer();
      });
    },
    [Symbol.asyncDispose]: () => limiter.disconnect(false),
  };
}

await main(JSON.parse(process.argv[2] ?? '') as CallersTask);
