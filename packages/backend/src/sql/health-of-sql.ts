import { type Health, sleep } from '@fluxori/core';
import type { SqlQueries } from './sql.js';

/** How long a database may take to say anything at all. */
const patienceMs = 5_000;

/** Asks the database something small. Slower than patience, or an error, means down. */
export async function healthOfSql(
  sql: SqlQueries,
  details: Readonly<Record<string, unknown>>,
): Promise<Health> {
  const startedAt = performance.now();
  const answered = new AbortController();
  try {
    const late = sleep(patienceMs, answered.signal).then(() => {
      throw new Error(`no answer in ${patienceMs / 1000} s`);
    });
    await Promise.race([sql.query('select 1'), late]);
    return { status: 'up', details: { ...details, latencyMs: Math.round(performance.now() - startedAt) } };
  } catch (error) {
    return { status: 'down', details: { ...details, error: (error as Error).message } };
  } finally {
    answered.abort();
  }
}
