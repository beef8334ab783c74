import type { AccountId, Clock, JsonValue, KeyValueStore, Locks } from '@fluxori/core';

/** What is known of doing something that must not be done twice. `Done` is the word for that it was done; `What` is told with it. */
export type Claim<Done extends string, What = object> =
  /** A request may be on its way, or was, and nobody heard what became of it. */
  | { readonly status: 'intended'; readonly by: string; readonly at: number }
  /** It was looked for, and not found; it may have been done all the same. */
  | { readonly status: 'unknown'; readonly by: string; readonly at: number }
  | ({ readonly status: Done; readonly by: string; readonly at: number } & What);

export interface ClaimOptions {
  /** Somebody has looked, or will: what was not known was not done. Counts once a request cannot be on its way any more. */
  readonly again?: boolean | undefined;
  /** The claimant's own intent stands in nobody's way, e.g. since it died in the midst of this very claim: nothing was sent after it. */
  readonly own?: boolean;
}

export interface ClaimsParts {
  readonly keyValues: KeyValueStore;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly accountId: AccountId;
  /** Where they lie, e.g. `label`; never changed, since what was claimed would be free again. */
  readonly room: string;
}

/** Half a year: longer than anybody asks again for something about an order. Milliseconds. */
const keptMs = 180 * 24 * 3_600_000;

/** A request that was meant to be sent may still be on its way for so long; milliseconds. */
export const inFlightMs = 900_000;

/**
 * Who is about to do something, or has done it, known to all processes on the store: what keeps two jobs from doing it twice where Amazon has no key
 * that makes it happen once. Names are in the clear: no personal data in them.
 */
export class Claims<Done extends string, What extends object = object> {
  readonly #parts: ClaimsParts;
  readonly #done: Done;

  constructor(done: Done, parts: ClaimsParts) {
    this.#parts = parts;
    this.#done = done;
  }

  /**
   * Writes down that `by` is about to do it, unless somebody else has or may have.
   *
   * @param name - what is claimed, e.g. an order's id.
   * @param by - who claims it: a job's id.
   * @throws what the store throws; NetworkError `BACKEND_UNAVAILABLE` when the lock was lost on the way: then it was not claimed.
   * @returns undefined when it may go ahead; else what stands in the way.
   */
  claim(
    name: string,
    by: string,
    { again = false, own = false }: ClaimOptions = {},
  ): Promise<Claim<Done, What> | undefined> {
    return this.#alone(name, async (write) => {
      const known = await this.read(name);
      const free =
        known === undefined ||
        (own && known.status === 'intended' && known.by === by) ||
        (again && known.status !== this.#done && this.#parts.clock.now() - known.at >= onItsWayMs(known));
      if (!free) return known;
      await write({ status: 'intended', by, at: this.#parts.clock.now() });
      return undefined;
    });
  }

  async read(name: string): Promise<Claim<Done, What> | undefined> {
    return (await this.#parts.keyValues.get(this.#key(name))) as Claim<Done, What> | undefined;
  }

  /** It was done, which stands above whatever else is known of it: no lock that is hard to get may keep it from being written. */
  async done(name: string, by: string, what: What): Promise<void> {
    await this.#write(name, { ...what, status: this.#done, by, at: this.#parts.clock.now() });
  }

  /** It was looked for in vain. @returns undefined; what another has written down since, if one has, which stays. */
  unknown(name: string, by: string): Promise<Claim<Done, What> | undefined> {
    return this.#alone(name, async (write) => {
      const known = await this.read(name);
      if (known !== undefined && (known.by !== by || known.status === this.#done)) return known;
      await write({ status: 'unknown', by, at: this.#parts.clock.now() });
      return undefined;
    });
  }

  /** It was certainly not done. Does nothing when the claim is another's. */
  release(name: string, by: string): Promise<void> {
    return this.#alone(name, async (write) => {
      const known = await this.read(name);
      if (known?.status === 'intended' && known.by === by) await write(undefined);
    });
  }

  /** Of all whose names begin so. */
  async readAll(prefix: string): Promise<readonly Claim<Done, What>[]> {
    const { keyValues } = this.#parts;
    const keys = await keyValues.keys(this.#key(prefix));
    const all = await Promise.all(keys.map((key) => keyValues.get(key)));
    return (all as (Claim<Done, What> | undefined)[]).filter((one) => one !== undefined);
  }

  /**
   * @param work - gets what writes the claim, or deletes it. It refuses when the lock was lost meanwhile: another may have claimed since it was read,
   *   e.g. while the store was away for longer than the lock lasts.
   */
  #alone<T>(
    name: string,
    work: (write: (claim: object | undefined) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const { keyValues, locks } = this.#parts;
    return locks.withLock(this.#key(name), ({ signal }) =>
      work(async (claim) => {
        signal.throwIfAborted();
        if (claim === undefined) await keyValues.delete(this.#key(name));
        else await this.#write(name, claim);
      }),
    );
  }

  async #write(name: string, claim: object): Promise<void> {
    await this.#parts.keyValues.set(this.#key(name), claim as JsonValue, { ttlMs: keptMs });
  }

  #key(name: string): string {
    return `sp-api/${this.#parts.room}/${this.#parts.accountId}/${name}`;
  }
}

function onItsWayMs({ status }: { readonly status: string }): number {
  return status === 'intended' ? inFlightMs : 0;
}
