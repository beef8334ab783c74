import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bar, BenchResult } from '@fluxori/bench';
import { type PrivateServer, startServer } from '@fluxori/test-services';
import type { CallersTask } from '../testing/rate-callers.ts';
import type { Verdict } from '../testing/rate-judge.ts';

const testing = join(import.meta.dirname, '../testing');
const oneSeller = { sellers: 1, ratePerSecond: 5, burst: 10, startSeconds: 0, seconds: 20, callers: 30 };
const urgentCalls = 5;

const manySellers = [
  {
    sellers: 20,
    ratePerSecond: 5,
    burst: 10,
    startSeconds: 3,
    seconds: 8,
    callers: 6,
    atOnce: true,
    percent: 92,
  },
  {
    sellers: 300,
    ratePerSecond: 1,
    burst: 2,
    startSeconds: 3,
    seconds: 8,
    callers: 3,
    atOnce: false,
    percent: 90,
  },
];

interface Scenario {
  readonly name: string;
  readonly store: string;
  readonly heartbeatMs?: number;
  readonly processes: number;
  readonly sellers: number;
  readonly ratePerSecond: number;
  readonly burst: number;
  /** What is served before that, the burst, does not count; 0: it does. */
  readonly startSeconds: number;
  readonly seconds: number;
  /** Of each seller, in all processes together. */
  readonly callers: number;
}

/** Served of what was allowed, and what went wrong. */
interface Result {
  readonly served: number;
  readonly allowed: number;
  readonly refused: number;
  readonly overtaken: readonly number[];
}

/**
 * How much of a limit is used, and how often it is broken: one seller and many, one process and three, on each store; and Bottleneck's own
 * clustered reservoir beside it. Everything that one seller's scenarios need runs at the same time, the many one after the other.
 */
export async function bench(): Promise<BenchResult> {
  const judge = fork(join(testing, 'rate-judge.ts'), { execArgv: ['--no-warnings'] });
  const [port] = (await once(judge, 'message')) as [number];
  const origin = `http://127.0.0.1:${port}`;
  await using redis = await startServer('redis');
  await using postgres = await startServer('postgres');
  const stores = (name: string) => ({
    memory: 'memory:',
    redis: redisOf(redis, name),
    postgres: postgresOf(postgres, name),
  });
  const figures: Record<string, number> = {};
  const bars: Bar[] = [];
  try {
    const alone: Scenario[] = [
      { ...oneSeller, name: 'memory, 1 process', store: 'memory:', processes: 1 },
      ...[1, 3].flatMap((processes) =>
        (['redis', 'postgres'] as const).map((store) => ({
          ...oneSeller,
          name: `${store}, ${processesOf(processes)}`,
          store: stores(`one_${processes}`)[store],
          processes,
        })),
      ),
      ...[undefined, 200].map((heartbeatMs) => ({
        ...oneSeller,
        name: `Bottleneck on redis, ${heartbeatMs === undefined ? 'defaults' : `${heartbeatMs} ms heartbeat`}, 3 processes`,
        store: `bottleneck+${redis.url}`,
        ...(heartbeatMs !== undefined && { heartbeatMs }),
        processes: 3,
      })),
    ];
    // All are ready before any begins, and they begin one after the other: the start of twenty processes is not what is measured.
    const crews = await Promise.all(alone.map((scenario) => Crew.muster(scenario, origin)));
    const results = await Promise.all(
      crews.map(async (crew, index) => {
        await sleep(index * 400);
        return crew.run(urgentCalls);
      }),
    );
    for (const [index, { name }] of alone.entries()) {
      const { served, allowed, refused, overtaken } = results[index] as Result;
      figures[`1 seller, ${name}: served of ${allowed}`] = served;
      figures[`1 seller, ${name}: refused`] = refused;
      if (name.startsWith('Bottleneck')) continue;
      const worst = Math.max(...overtaken);
      figures[`1 seller, ${name}: most served before an urgent call of ${overtaken.length}`] = worst;
      bars.push(
        {
          what: `1 seller, ${name}: served of ${allowed}, at least`,
          value: served,
          limit: allowed - 2,
          ok: served >= allowed - 2,
        },
        { what: `1 seller, ${name}: refused, at most`, value: refused, limit: 0, ok: refused === 0 },
        {
          what: `1 seller, ${name}: served before an urgent call, at most`,
          value: worst,
          limit: 3,
          ok: overtaken.length === urgentCalls && worst <= 3,
        },
      );
    }
    for (const many of manySellers) {
      const scenarios = (
        [
          ['memory', 1],
          ['redis', 3],
          ['postgres', 3],
        ] as const
      ).map(([store, processes]) => ({
        ...many,
        name: `${many.sellers} sellers at ${many.ratePerSecond}/s, ${store}, ${processesOf(processes)}`,
        store: stores(`many_${many.sellers}`)[store],
        processes,
      }));
      for (const together of many.atOnce ? [scenarios] : scenarios.map((one) => [one])) {
        const crews = await Promise.all(together.map((scenario) => Crew.muster(scenario, origin)));
        const results = await Promise.all(crews.map((crew) => crew.run(0)));
        for (const [index, { name }] of together.entries()) {
          const { served, allowed, refused } = results[index] as Result;
          const percent = Math.round((1000 * served) / allowed) / 10;
          figures[`${name}: % of the limit`] = percent;
          figures[`${name}: refused`] = refused;
          bars.push(
            {
              what: `${name}: % of the limit, at least`,
              value: percent,
              limit: many.percent,
              ok: percent >= many.percent,
            },
            { what: `${name}: refused, at most`, value: refused, limit: 0, ok: refused === 0 },
          );
        }
      }
    }
  } finally {
    judge.disconnect();
  }
  return { figures, bars };
}

/** The processes of one scenario. */
class Crew {
  readonly #scenario: Scenario;
  readonly #origin: string;
  readonly #id: string;
  readonly #children: readonly ChildProcess[];

  private constructor(scenario: Scenario, origin: string, id: string, children: readonly ChildProcess[]) {
    this.#scenario = scenario;
    this.#origin = origin;
    this.#id = id;
    this.#children = children;
  }

  static async muster(scenario: Scenario, origin: string): Promise<Crew> {
    const { processes, sellers, ratePerSecond, burst, store, heartbeatMs } = scenario;
    const id = scenario.name.replaceAll(/\W+/g, '-');
    const task: CallersTask = {
      store,
      ...(heartbeatMs !== undefined && { heartbeatMs }),
      origin,
      scenario: id,
      sellers,
      callersPerSeller: scenario.callers / processes,
      ratePerSecond,
      burst,
    };
    const children = Array.from({ length: processes }, () =>
      fork(join(testing, 'rate-callers.ts'), [JSON.stringify(task)], { execArgv: ['--no-warnings'] }),
    );
    await Promise.all(children.map((child) => once(child, 'message')));
    return new Crew(scenario, origin, id, children);
  }

  async run(urgent: number): Promise<Result> {
    const { processes, sellers, ratePerSecond, burst, startSeconds, seconds } = this.#scenario;
    try {
      for (const child of this.#children) child.send('go');
      const until = startSeconds + seconds;
      // The judge counts by the time at which requests came to it; only then is it asked.
      await sleep((until + 0.5) * 1_000);
      const { served } = await verdictOf(this.#origin, this.#id, `?from=${startSeconds}&until=${until}`);
      for (let i = 0; i < urgent; i += 1) {
        this.#children[i % processes]?.send('urgent');
        await sleep(700);
      }
      const { overtaken, refused } = await verdictOf(this.#origin, this.#id, '');
      const full = startSeconds === 0 ? burst : 0;
      return { served, refused, overtaken, allowed: sellers * (full + ratePerSecond * seconds) };
    } finally {
      await Promise.all(this.#children.map(end));
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  if (child.connected) child.send('stop');
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(late);
}

async function verdictOf(origin: string, scenario: string, window: string): Promise<Verdict> {
  return (await (await fetch(`${origin}/verdict/${scenario}${window}`)).json()) as Verdict;
}

function processesOf(count: number): string {
  return count === 1 ? '1 process' : `${count} processes`;
}

function redisOf({ url }: PrivateServer, name: string): string {
  const place = new URL(url);
  place.searchParams.set('prefix', `bench_${name}`);
  return place.href;
}

function postgresOf({ url }: PrivateServer, name: string): string {
  const place = new URL(url);
  place.searchParams.set('schema', `bench_${name}`);
  return place.href;
}
