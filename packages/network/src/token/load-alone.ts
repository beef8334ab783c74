import type { Clock, Locks, Random } from '@fluxori/core';

export interface LoadAloneOptions<T> {
  readonly locks: Locks;
  /** The lock's name. */
  readonly name: string;
  /** How long a dead holder blocks the others, in milliseconds. */
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Looks whether somebody has brought it. */
  find(): Promise<T | undefined>;
  /** Brings it, and puts it where `find` looks. */
  load(): Promise<T>;
}

const firstLookMs = 40;
const longestLookMs = 400;

/**
 * Brings a thing that all processes share, in one process at a time. Those who wait for the lock also look for the thing itself, so that all of
 * them have it as soon as it is there, instead of being let in one after the other.
 *
 * A holder that was held up for longer than `ttlMs` goes on although it has lost the lock: then two may load, never more at a time than processes
 * that were held up, and either result is good. One that has loaded keeps its result whatever becomes of the lock.
 *
 * @throws what `load` or `find` throws; what the lock throws when there is no result; the signal's reason when aborted.
 */
export async function loadAlone<T>(options: LoadAloneOptions<T>): Promise<T> {
  const { locks, name, ttlMs, signal, find, load } = options;
  const present = await find();
  if (present !== undefined) return present;
  const inside = new AbortController();
  const arrived = new AbortController();
  let result: T | undefined;
  void lookFor(options, AbortSignal.any([signal, inside.signal])).then((found) => {
    if (found === undefined || inside.signal.aborted) return;
    result = found;
    arrived.abort();
  });
  try {
    return await locks.withLock(
      name,
      async () => {
        inside.abort();
        result ??= (await find()) ?? (await load());
        return result;
      },
      { ttlMs, signal: AbortSignal.any([signal, arrived.signal]) },
    );
  } catch (error) {
    if (result === undefined || signal.aborted) throw error;
    return result;
  } finally {
    inside.abort();
  }
}

/** Looks ever more seldom; undefined when it was aborted or the store cannot be read, which the lock tells as well. */
async function lookFor<T>(options: LoadAloneOptions<T>, signal: AbortSignal): Promise<T | undefined> {
  const { clock, random, find } = options;
  try {
    for (let waitMs = firstLookMs; ; waitMs = Math.min(waitMs * 1.5, longestLookMs)) {
      await clock.sleep(waitMs * (0.75 + random() / 2), signal);
      const found = await find();
      if (found !== undefined) return found;
    }
  } catch {
    return undefined;
  }
}
