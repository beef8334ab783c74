import type { QueueConnection } from '@fluxori/backend';
import { NetworkError, ownTime, sleep } from '@fluxori/core';
import type { IQueueBackend } from 'bullmq';
import { isStoreTrouble } from './store-trouble.js';

export interface Steadfastness {
  /** What the store is called in errors. */
  readonly host: string;
  /** How long an ordinary command waits for a store that is away. Milliseconds. */
  readonly patienceMs: number;
  /** Aborted when nobody is left who could wait: then no command waits for longer than `partingMs`. */
  readonly closing: AbortSignal;
  /** Told of each command that found the store away, or that took so long that it may have been and come back. */
  readonly onTrouble?: () => void;
}

type Method = keyof IQueueBackend;

const isOver = new Error('The command is over.');

/** How a job's run ends, and its lock. Waited for as long as it takes: given up, a job that is done would be done again. */
const enduring: ReadonlySet<Method> = new Set<Method>([
  'moveToActive',
  'moveToCompleted',
  'moveToFailed',
  'moveToDelayed',
  'moveJobFromActiveToWait',
]);

/** BullMQ waits in these itself, or they end it. */
const untouched: ReadonlySet<string> = new Set<Method>([
  'waitUntilReady',
  'close',
  'disconnect',
  'waitForJob',
  'readEvents',
  'disconnectBlocking',
  'reconnectBlocking',
  'setName',
  'forQueue',
  'on',
  'once',
  'removeListener',
]);

/**
 * The state that a job is in after a move. A move whose answer was lost with the connection is repeated, by us or by the client below,
 * and then finds the job moved already: that is a success, not an error.
 */
const doneWhen: Partial<Record<Method, readonly string[]>> = {
  moveToCompleted: ['completed'],
  moveToFailed: ['failed'],
  moveToDelayed: ['delayed'],
};

const partingMs = 5_000;
/** After one has waited for so long in vain, those that follow are not each waited for as long. */
const secondPartingMs = 500;
/** A driver below may have waited and sent a claim again: the first one is lost then, and the job that it claimed. */
const suspiciousMs = 100;
const firstPauseMs = 50;
const longestPauseMs = 1_000;

/** What the commands of one connection know together. */
interface Terms extends Steadfastness {
  /** One has waited for the end of an absence, at the parting, in vain. */
  partedInVain: boolean;
}

/** Makes BullMQ's backend outlast a store that goes away and comes back: commands wait, are repeated, and fail in our words. */
export function steadfast(connection: QueueConnection, terms: Steadfastness): QueueConnection {
  const shared: Terms = { ...terms, partedInVain: false };
  return {
    ...connection,
    backendFactory: (name, options, extra) =>
      steadfastBackend(connection.backendFactory(name, options, extra), shared),
  };
}

function steadfastBackend(backend: IQueueBackend, terms: Terms): IQueueBackend {
  const methods = new Map<PropertyKey, unknown>();
  return new Proxy(backend, {
    get(target, property) {
      const known = methods.get(property);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      const bound = value.bind(target) as (...args: unknown[]) => unknown;
      const method = property as Method;
      const wrapped = untouched.has(method)
        ? bound
        : (...args: unknown[]) => patiently(() => bound(...args), method, args, target, terms);
      methods.set(property, wrapped);
      return wrapped;
    },
  });
}

/** Methods that answer at once (keys, names) stay as they are; those that ask the store wait for it. */
function patiently(
  command: () => unknown,
  method: Method,
  args: readonly unknown[],
  backend: IQueueBackend,
  terms: Terms,
): unknown {
  const first = command();
  if (!(first instanceof Promise) && !isThenable(first)) return first;
  return insist(Promise.resolve(first), command, method, args, backend, terms);
}

async function insist(
  first: Promise<unknown>,
  command: () => unknown,
  method: Method,
  args: readonly unknown[],
  backend: IQueueBackend,
  terms: Terms,
): Promise<unknown> {
  const { patienceMs } = terms;
  const over = new AbortController();
  const trouble: { last?: unknown } = {};
  const stop = deadline(enduring.has(method) ? undefined : patienceMs, terms, over.signal, trouble);
  const sentAt = performance.now();
  let answer = first;
  try {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        const result = await Promise.race([answer, stop]);
        terms.partedInVain = false;
        if (enduring.has(method) && performance.now() - sentAt > suspiciousMs) terms.onTrouble?.();
        return result;
      } catch (error) {
        if (await movedAlready(method, args, backend, error)) {
          // The next job may have come with the answer that was lost.
          terms.onTrouble?.();
          return moved(method);
        }
        // A layer below that says so in our words has had its own patience; what ends a run has more.
        if (!isStoreTrouble(error) || (isOurs(error) && !enduring.has(method))) throw error;
        trouble.last = error;
        terms.onTrouble?.();
        await Promise.race([sleep(pauseMs, over.signal), stop]);
        answer = Promise.resolve(command());
      }
    }
  } finally {
    // With a reason, since making one costs more than the rest of this.
    over.abort(isOver);
    answer.catch(() => {});
  }
}

/** Rejects when it is time to give up. */
async function deadline(
  ms: number | undefined,
  terms: Terms,
  over: AbortSignal,
  trouble: { readonly last?: unknown },
): Promise<never> {
  const { closing } = terms;
  const wait = (time: number) => ownTime(time, over).catch(() => never());
  const parting = aborted(closing, over)
    .then(() => wait(terms.partedInVain ? secondPartingMs : partingMs))
    .then(() => {
      terms.partedInVain = true;
    });
  await (ms === undefined ? parting : Promise.race([wait(ms), parting]));
  throw unavailable(terms, trouble.last);
}

async function movedAlready(
  method: Method,
  args: readonly unknown[],
  backend: IQueueBackend,
  error: unknown,
): Promise<boolean> {
  const states = doneWhen[method];
  const code = (error as { code?: unknown } | null)?.code;
  // BullMQ's codes below zero: no such job, no lock, another's lock, another state.
  if (states === undefined || typeof code !== 'number' || code >= 0) return false;
  const [job] = args;
  const jobId = typeof job === 'string' ? job : (job as { id?: string }).id;
  const state = jobId === undefined ? 'unknown' : await backend.getState(jobId).catch(() => 'unknown');
  return states.includes(state);
}

/** What BullMQ gets for a move that had been made: no next job comes with it. */
function moved(method: Method): unknown {
  return method === 'moveToDelayed' ? [] : { result: undefined, finishedOn: Date.now() };
}

function unavailable({ host, patienceMs }: Steadfastness, cause: unknown): NetworkError {
  const waited = `${Math.round(patienceMs / 1_000)} s`;
  const what =
    cause === undefined
      ? `did not answer for ${waited}`
      : `could not be used for ${waited} (${(cause as Error).message.split('\n')[0]!.slice(0, 120)})`;
  return new NetworkError(`The queue's store at ${host} ${what}. What was asked of it may still happen.`, {
    code: 'BACKEND_UNAVAILABLE',
    host,
    outcome: 'unknown',
    remedy: 'See that the store runs and can be reached; then try again. Workers go on by themselves.',
    ...(cause !== undefined && { cause }),
  });
}

function isOurs(error: unknown): boolean {
  return error instanceof NetworkError;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null)?.then === 'function';
}

function aborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true, signal: over }),
  );
}

function never(): Promise<never> {
  return new Promise(() => {});
}
