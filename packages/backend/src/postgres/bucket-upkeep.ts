import type { Logger } from '@fluxori/core';
import type { BucketSql } from './shared-bucket-store.js';

const everyMs = 60_000;
/** A bucket that has been full for so long is dropped: it would begin full anyway. */
const idleMs = 600_000;
const mostAtOnce = 200;
const mostRounds = 20;

/**
 * Clears away buckets that are idle, and the dead in the lines of those that nobody asks for, walking round through all of them: each minute
 * so many, a few at a time. Several processes that do it at once pass over what another one has in hand.
 */
export class BucketUpkeep {
  readonly #sql: BucketSql;
  readonly #logger: Logger;
  readonly #text: string;
  readonly #old: string;
  readonly #timer: ReturnType<typeof setInterval>;
  #after = '';
  #running: Promise<void> | undefined;

  constructor(sql: BucketSql, schema: string, logger: Logger) {
    this.#sql = sql;
    this.#logger = logger;
    this.#text = `select last_key, dropped from ${schema}.bucket_sweep($1, $2, $3)`;
    // Left behind by holders that died, for locks that nobody has wanted since.
    this.#old = `delete from ${schema}.lock
      where greatest(ends_at_ms, heir_until_ms) < extract(epoch from now())::double precision * 1000 - $1`;
    // Processes that were started together do not all come at once.
    this.#timer = setInterval(() => void this.run(), everyMs * (0.8 + Math.random() * 0.4));
    this.#timer.unref();
  }

  /** Never rejects: what could not be cleared now is cleared another time. */
  run(options: { idleMs?: number } = {}): Promise<void> {
    this.#running ??= this.#walk(options.idleMs ?? idleMs).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #walk(idle: number): Promise<void> {
    try {
      for (let round = 0; round < mostRounds; round++) {
        const { rows } = await this.#sql.once<{ last_key: string | null; dropped: number }>(this.#text, [
          this.#after,
          mostAtOnce,
          idle,
        ]);
        const { last_key: last, dropped } = rows[0]!;
        if (dropped > 0) this.#logger.debug({ dropped }, 'idle buckets dropped');
        this.#after = last ?? '';
        if (last === null) break;
      }
      await this.#sql.once(this.#old, [3_600_000]);
    } catch (error) {
      this.#logger.debug({ error: (error as Error).message }, 'idle buckets could not be dropped');
    }
  }
}
