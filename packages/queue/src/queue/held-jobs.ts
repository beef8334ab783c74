/** The jobs that a worker has in its hands, by claim: one may be given out again while its last run is just leaving. */
export class HeldJobs {
  readonly #claims = new Map<string, number>();

  has(jobId: string): boolean {
    return this.#claims.has(jobId);
  }

  take(jobId: string): void {
    this.#claims.set(jobId, (this.#claims.get(jobId) ?? 0) + 1);
  }

  leave(jobId: string): void {
    const others = (this.#claims.get(jobId) ?? 1) - 1;
    if (others > 0) this.#claims.set(jobId, others);
    else this.#claims.delete(jobId);
  }
}
