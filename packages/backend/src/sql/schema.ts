import type { Sql, SqlQueries } from './sql.js';

/**
 * Our tables, step by step; a step that has been released is never changed, only followed by another.
 * Written for the schema `fluxori`, and put into the one that was asked for.
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

const advisoryLock = `hashtextextended('fluxori.migration', 0)`;

export interface MigrateOptions {
  /** Where the tables go; `fluxori` by default. */
  readonly schema?: string;
  /** Steps that only a database which several processes share takes, after the others; counted on their own. */
  readonly shared?: readonly string[];
}

/**
 * Brings our tables up to date, in one transaction. Many processes may start at once: the first does it, and the others wait for it
 * and find it done. A database that is up to date is only read.
 */
export async function migrate(
  sql: Pick<Sql, 'transaction'>,
  { schema = 'fluxori', shared = [] }: MigrateOptions = {},
): Promise<void> {
  const lists: readonly [string, readonly string[]][] = [
    ['migration', steps],
    ...(shared.length > 0 ? [['shared_migration', shared] as [string, readonly string[]]] : []),
  ];
  await sql.transaction(async (queries) => {
    await queries.query(`select pg_advisory_xact_lock(${advisoryLock})`);
    const { rows } = await queries.query<{ there: boolean }>(
      'select exists (select from pg_namespace where nspname = $1) as there',
      [schema],
    );
    // Whoever may not create schemas can be given one that is there already.
    if (!rows[0]?.there) await queries.query(`create schema ${schema}`);
    for (const [ledger, list] of lists) await applySteps(queries, schema, ledger, list);
  });
}

async function applySteps(
  queries: SqlQueries,
  schema: string,
  ledger: string,
  list: readonly string[],
): Promise<void> {
  const table = `${schema}.${ledger}`;
  const known = await queries.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
    table,
  ]);
  if (!known.rows[0]?.there) {
    await queries.query(
      `create table ${table} (step integer primary key, applied_at timestamptz not null default now())`,
    );
  }
  const { rows } = await queries.query<{ step: number }>(
    `select coalesce(max(step), 0)::int as step from ${table}`,
  );
  const applied = rows[0]?.step ?? 0;
  for (const [index, step] of list.entries()) {
    if (index < applied) continue;
    await queries.query(step.replaceAll('fluxori.', `${schema}.`));
    await queries.query(`insert into ${table} (step) values ($1)`, [index + 1]);
  }
}
