import type { Priority } from '@fluxori/core';
import { priorities } from '@fluxori/core';

interface Parked {
  readonly jobId: string;
  readonly priority: Priority;
}

/** Knows which jobs this process parked because of a host, so that they can go on the moment it is back. */
export class HostGate {
  readonly #parked = new Map<string, Map<string, Priority>>();
  readonly #releases = new Map<string, number>();

  waiting(host: string): number {
    return this.#parked.get(host)?.size ?? 0;
  }

  /** @returns how many releases the host has seen: when it changes while the job is being moved, the job missed one. */
  park(host: string, jobId: string, priority: Priority): number {
    const parked = this.#parked.get(host) ?? new Map<string, Priority>();
    this.#parked.set(host, parked.set(jobId, priority));
    return this.#releases.get(host) ?? 0;
  }

  missedRelease(host: string, seen: number): boolean {
    return (this.#releases.get(host) ?? 0) !== seen;
  }

  /** The job runs again, or is gone. */
  forget(jobId: string): void {
    for (const [host, parked] of this.#parked) {
      if (parked.delete(jobId) && parked.size === 0) this.#parked.delete(host);
    }
  }

  /** Opens the gate. @returns the jobs behind it, most urgent first. */
  release(host: string): readonly string[] {
    this.#releases.set(host, (this.#releases.get(host) ?? 0) + 1);
    const parked = this.#parked.get(host) ?? new Map<string, Priority>();
    this.#parked.delete(host);
    return [...parked]
      .map(([jobId, priority]): Parked => ({ jobId, priority }))
      .sort((a, b) => priorities[a.priority] - priorities[b.priority])
      .map(({ jobId }) => jobId);
  }
}
