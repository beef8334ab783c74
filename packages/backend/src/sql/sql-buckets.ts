import type { WriteBuckets } from '../buckets/bucket-journal.js';
import type { BucketRow } from '../buckets/token-bucket.js';
import type { SqlQueries } from './sql.js';

/** All buckets as they were last written. */
export async function readBuckets(sql: SqlQueries): Promise<readonly BucketRow[]> {
  const { rows } = await sql.query<BucketRow>(
    `select key, rate_per_second as "ratePerSecond", burst, level, in_flight as "inFlight", level_at_ms as "levelAtMs"
     from fluxori.bucket`,
  );
  return rows;
}

/** One statement, whatever the number of buckets. */
export function bucketWriter(sql: SqlQueries): WriteBuckets {
  return async (rows, gone) => {
    await sql.query(
      `with gone as (
         delete from fluxori.bucket where key in (select jsonb_array_elements_text($2::text::jsonb))
       )
       insert into fluxori.bucket (key, rate_per_second, burst, level, in_flight, level_at_ms)
       select "key", "ratePerSecond", "burst", "level", "inFlight", "levelAtMs"
       from jsonb_to_recordset($1::text::jsonb) as changed (
         "key" text, "ratePerSecond" double precision, "burst" double precision, "level" double precision,
         "inFlight" integer, "levelAtMs" double precision
       )
       on conflict (key) do update set
         rate_per_second = excluded.rate_per_second, burst = excluded.burst, level = excluded.level,
         in_flight = excluded.in_flight, level_at_ms = excluded.level_at_ms`,
      [JSON.stringify(rows), JSON.stringify(gone)],
    );
  };
}
