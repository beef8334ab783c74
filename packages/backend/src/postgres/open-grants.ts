/** The grants of this process that have not been settled, as long as their lease may last. */
export class OpenGrants {
  readonly #leaseMs: number;
  /** Until when, by `performance.now()`; in that order, because every lease is as long as the others. */
  readonly #ends = new Map<string, number>();

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  add(id: string): void {
    const nowMs = performance.now();
    for (const [other, endsAtMs] of this.#ends) {
      if (endsAtMs > nowMs) break;
      this.#ends.delete(other);
    }
    this.#ends.set(id, nowMs + this.#leaseMs);
  }

  remove(id: string): void {
    this.#ends.delete(id);
  }

  /** Takes them all out. */
  all(): string[] {
    const ids = [...this.#ends.keys()];
    this.#ends.clear();
    return ids;
  }
}
