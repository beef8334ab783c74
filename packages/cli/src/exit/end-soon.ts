import { sleep } from '@fluxori/core';
import type { App } from '../composition/open-app.js';

/** What is asked of the program's parts here. */
export type Ending = Pick<App, 'close'> & {
  readonly backend: Pick<App['backend'], 'health'>;
};

/** A command that is told to end does so by itself within so long, unless it waits for the store. */
const unwindMs = 300;
/** A store that has not said by then that it is up counts as away. */
const answerMs = 500;
/** How long what is open may take to close when the store is away. */
const closingMs = 700;

/**
 * Opens the program's parts on a store across a network, runs `work`, and closes them, whatever happens. Told to end while that store is
 * away, it waits for none of these for long: what waits for the store is left behind, as by a process that died. Work that came to its
 * end all the same, as a worker's does, is closed in its own time.
 *
 * @throws the signal's reason when it was left.
 */
export async function endSoon<Parts extends Ending, T>(
  opening: Promise<Parts>,
  work: (app: Parts) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const over = new AbortController();
  try {
    const app = await openedUnlessTold(opening, signal, over.signal);
    const left = told(signal, over.signal).then(() => storeIsAway(app, signal, over.signal));
    left.catch(() => {});
    let done = false;
    try {
      const result = await Promise.race([work(app), left]);
      done = true;
      return result;
    } finally {
      const closing = app.close();
      const cut = left.catch(() => pause(closingMs, over.signal));
      await (done ? closing : Promise.race([closing, cut]));
    }
  } finally {
    over.abort();
  }
}

async function openedUnlessTold<Parts extends Ending>(
  opening: Promise<Parts>,
  signal: AbortSignal,
  over: AbortSignal,
): Promise<Parts> {
  let left = false;
  opening.then((app) => (left ? app.close() : undefined)).catch(() => {});
  const leaving = told(signal, over).then(() => {
    left = true;
    throw signal.reason;
  });
  return Promise.race([opening, leaving]);
}

/** Rejects when the store does not answer; never settles when it does. */
async function storeIsAway({ backend }: Ending, signal: AbortSignal, over: AbortSignal): Promise<never> {
  await pause(unwindMs, over);
  const up = backend.health().then(
    ({ status }) => status === 'up',
    () => false,
  );
  const late = pause(answerMs, over).then(() => false);
  if (await Promise.race([up, late])) return new Promise(() => {});
  throw signal.reason;
}

function told(signal: AbortSignal, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true, signal: over });
  });
}

function pause(ms: number, over: AbortSignal): Promise<void> {
  return sleep(ms, over).catch(() => {});
}
