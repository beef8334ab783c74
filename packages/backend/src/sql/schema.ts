import type { Sql } from './sql.js';

/**
 * Our tables, step by step; a step that has been released is never changed, only followed by another.
 * Text that is sorted or compared has the collation "C", so that PostgreSQL and JavaScript agree on what is newer.
 */
const steps: readonly string[] = [
  `create table fluxori.key_value (
     key text collate "C" primary key,
     value jsonb not null,
     expires_at_ms double precision
   );
   create index key_value_expiry on fluxori.key_value (expires_at_ms) where expires_at_ms is not null;

   create table fluxori.bucket (
     key text collate "C" primary key,
     rate_per_second double precision not null,
     burst double precision not null,
     level double precision not null,
     in_flight integer not null,
     level_at_ms double precision not null
   ) with (fillfactor = 50);

   create table fluxori.record (
     account_id text collate "C" not null,
     kind text collate "C" not null,
     id text collate "C" not null,
     version text collate "C" not null,
     value jsonb not null,
     written_at timestamptz not null default now(),
     primary key (account_id, kind, id)
   );
   create index record_newest_of_account on fluxori.record (kind, account_id, version desc, id);
   create index record_newest on fluxori.record (kind, version desc, account_id, id);

   create table fluxori.account_state (
     account_id text collate "C" not null,
     key text collate "C" not null,
     value jsonb not null,
     primary key (account_id, key)
   );`,
];

/** Brings our tables up to date, in one transaction. */
export async function migrate(sql: Sql): Promise<void> {
  await sql.script(
    `create schema if not exists fluxori;
     create table if not exists fluxori.migration (step integer primary key, applied_at timestamptz not null default now());`,
  );
  await sql.transaction(async (queries) => {
    const { rows } = await queries.query<{ step: number }>(
      'select coalesce(max(step), 0)::int as step from fluxori.migration',
    );
    const applied = rows[0]?.step ?? 0;
    for (const [index, step] of steps.entries()) {
      if (index < applied) continue;
      await queries.query(step);
      await queries.query('insert into fluxori.migration (step) values ($1)', [index + 1]);
    }
  });
}
