import { abortable } from '../abort/abortable.js';

interface Flight<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  passengers: number;
}

/**
 * One piece of work per key at a time, shared by all who ask for it meanwhile. Each may leave when its own signal is aborted; when the last
 * has left, the work is aborted too, so that nothing is sent for nobody.
 */
export class SharedFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /** @throws what the work throws; the signal's reason when aborted. */
  async join(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const flight = this.#flights.get(key) ?? this.#depart(key, work);
    flight.passengers += 1;
    try {
      return await abortable(flight.result, signal);
    } finally {
      flight.passengers -= 1;
      if (flight.passengers === 0) {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        flight.stop.abort();
      }
    }
  }

  #depart(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const stop = new AbortController();
    const result = work(stop.signal).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    result.catch(() => undefined);
    const flight: Flight<T> = { result, stop, passengers: 0 };
    this.#flights.set(key, flight);
    return flight;
  }
}
