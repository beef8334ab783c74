import { openBackend } from '@fluxori/backend';
import { type Clock, isErrorOf } from '@fluxori/core';
import { RateTracker } from '../rate/rate-tracker.js';
import type { UsagePlan } from '../rate/usage-plan.js';

/** How another program draws from the same limit: a steady half of the rate, a Poisson process of the same mean, by turns much and nothing, or all it can get. */
export type OtherProgram = 'steady' | 'poisson' | 'by turns' | 'greedy';

export interface SharedLimit {
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly other: OtherProgram;
  readonly processes: number;
  readonly seed: number;
}

/** What became of our requests; times are counted in tokens of the full rate. */
export interface SharedLimitOutcome {
  /** Refused before the other program began. */
  readonly refusedAlone: number;
  /** Refused in the first `settledAfter` tokens beside it. */
  readonly refusedFirst: number;
  /** From then until it stopped. */
  readonly beside: { readonly served: number; readonly refused: number; readonly tokens: number };
  /** How long after it stopped we had the whole rate again. */
  readonly backAfter: number;
  readonly refusedAfter: number;
}

const aloneFor = 100;
const besideFor = 2_000;
const backFor = 600;

/** Our processes, always wanting more, and another program against one token bucket, in simulated time. */
export async function simulateSharedLimit(
  given: SharedLimit,
  settledAfter: number,
): Promise<SharedLimitOutcome> {
  // Thousands of calls are told when to come back: where in the code they were told so would cost a third of the whole time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await simulated(given, settledAfter);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function simulated(given: SharedLimit, settledAfter: number): Promise<SharedLimitOutcome> {
  const { ratePerSecond: rate, burst, other, processes, seed } = given;
  const tokenMs = 1000 / rate;
  const random = seeded(seed);
  const agenda = new Agenda();
  const startsAt = aloneFor * tokenMs;
  const stopsAt = startsAt + besideFor * tokenMs;
  const endsAt = stopsAt + backFor * tokenMs;
  const remote = new RemoteBucket(rate, burst, other === 'steady' ? { startsAt, stopsAt } : undefined);
  const backend = await openBackend('memory:', { clock: agenda.clock });
  const { buckets, keyValues } = backend;
  const plan: UsagePlan = { key: 'a/b', label: 'b@a', ratePerSecond: rate, burst, source: 'published' };
  const requests: { at: number; refused: boolean }[] = [];
  let backAt = Number.POSITIVE_INFINITY;

  const askOn = (tracker: RateTracker) => async (): Promise<void> => {
    try {
      const grant = await tracker.acquire([plan], { maxWaitMs: 0 });
      const halfWayMs = 15 + 25 * random();
      agenda.add(halfWayMs, async () => {
        const refused = !remote.take(agenda.now);
        agenda.add(halfWayMs, async () => {
          requests.push({ at: agenda.now, refused });
          await tracker.settle(grant);
          if (refused) await tracker.throttled(grant);
        });
      });
      agenda.add(0.01, askOn(tracker));
    } catch (error) {
      if (!isErrorOf(error, 'RateLimitError')) throw error;
      agenda.add(Math.max(error.retryAt.getTime() - agenda.now, 1) + random(), askOn(tracker));
    }
    if (agenda.now > stopsAt && backAt === Number.POSITIVE_INFINITY) {
      const [state] = await tracker.inspect();
      if ((state?.yielding?.share ?? 1) >= 0.99) backAt = agenda.now;
    }
  };
  for (let i = 0; i < processes; i += 1) {
    agenda.add(random(), askOn(new RateTracker({ buckets, keyValues, clock: agenda.clock, random })));
  }
  if (other !== 'steady') {
    const next = async (): Promise<void> => {
      if (agenda.now >= stopsAt) return;
      const isOn = other !== 'by turns' || Math.floor((agenda.now - startsAt) / (200 * tokenMs)) % 2 === 0;
      if (isOn) remote.take(agenda.now);
      agenda.add(gapOf(other, random) * tokenMs, next);
    };
    agenda.add(startsAt, next);
  }
  await agenda.run(endsAt);
  await backend.close();

  const between = (from: number, to: number) => requests.filter(({ at }) => at >= from && at < to);
  const refusedIn = (from: number, to: number) => between(from, to).filter(({ refused }) => refused).length;
  const settledAt = startsAt + settledAfter * tokenMs;
  const beside = between(settledAt, stopsAt);
  const refused = beside.filter((request) => request.refused).length;
  return {
    refusedAlone: refusedIn(0, startsAt),
    refusedFirst: refusedIn(startsAt, settledAt),
    beside: { served: beside.length - refused, refused, tokens: besideFor - settledAfter },
    backAfter: (backAt - stopsAt) / tokenMs,
    // What was on its way, and what the other program had emptied last, is not held against us.
    refusedAfter: refusedIn(stopsAt + 20 * tokenMs, endsAt),
  };
}

/** Tokens between two requests of the other program. */
function gapOf(other: Exclude<OtherProgram, 'steady'>, random: () => number): number {
  if (other === 'poisson') return -2 * Math.log(1 - random());
  return other === 'by turns' ? 1.1 : 0.25 + random() / 2;
}

/** Amazon's bucket; a steady other program takes half of what comes in before anybody sees it. */
class RemoteBucket {
  readonly #rate: number;
  readonly #burst: number;
  readonly #steady: { startsAt: number; stopsAt: number } | undefined;
  #level: number;
  #at = 0;

  constructor(rate: number, burst: number, steady: { startsAt: number; stopsAt: number } | undefined) {
    this.#rate = rate;
    this.#burst = burst;
    this.#level = burst;
    this.#steady = steady;
  }

  take(now: number): boolean {
    const { startsAt, stopsAt } = this.#steady ?? { startsAt: 0, stopsAt: 0 };
    const shared = Math.max(Math.min(now, stopsAt) - Math.max(this.#at, startsAt), 0);
    this.#level = Math.min(this.#level + ((now - this.#at - shared / 2) * this.#rate) / 1000, this.#burst);
    this.#at = now;
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }
}

/** What happens when, in simulated milliseconds. */
class Agenda {
  now = 0;
  readonly clock: Clock = {
    now: () => this.now,
    sleep: (_ms, signal) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  };
  #entries: { readonly at: number; readonly run: () => Promise<void> }[] = [];

  add(inMs: number, run: () => Promise<void>): void {
    const at = this.now + inMs;
    let place = this.#entries.length;
    while (place > 0 && (this.#entries[place - 1]?.at ?? 0) <= at) place -= 1;
    this.#entries.splice(place, 0, { at, run });
  }

  async run(untilMs: number): Promise<void> {
    for (;;) {
      const next = this.#entries.pop();
      if (next === undefined || next.at > untilMs) return;
      this.now = next.at;
      await next.run();
    }
  }
}

function seeded(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
