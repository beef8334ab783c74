import { ConfigurationError, NetworkError, RunTime, sleep } from '@fluxori/core';
import type pg from 'pg';
import { clientOf, connectWithin } from './connect-within.js';
import { explainAbsence } from './explain-absence.js';
import { reasonOf, troubleOf } from './postgres-errors.js';
import type { PostgresPlace } from './postgres-url.js';
import { checkWritable, writableColumns } from './writable.js';

const oldestVersion = 14;
/** How long a database may take to answer for the first time, while this process runs; the two may have been started together. */
const openingMs = 10_000;
/** One attempt alone says nothing. */
const leastAttempts = 2;

/** How to connect, once it has worked. */
export interface OpenPostgres {
  readonly client: pg.ClientConfig;
  /** e.g. `15.14`. */
  readonly version: string;
  readonly tls: boolean;
}

/**
 * Finds out how the server wants to be spoken to, and whether it will do.
 *
 * @param withinMs - it is tried again for so many milliseconds of this process' running while nothing answers.
 * @throws ConfigurationError when it refuses us or is too old; NetworkError when nothing answers. Both say what to do. The signal's reason when it was aborted.
 */
export async function openPostgres(
  place: PostgresPlace,
  signal?: AbortSignal,
  withinMs = openingMs,
): Promise<OpenPostgres> {
  const time = new RunTime();
  try {
    for (let attempt = 1; ; attempt++) {
      const pauseMs = Math.min(50 * 2 ** attempt, 1_000);
      try {
        return await firstThatWorks(place, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof ConfigurationError) throw error;
        if (troubleOf(error) !== 'away') throw refusedError(place, error);
        if (time.ms + pauseMs > withinMs && attempt >= leastAttempts) throw nothingAnswers(place, error);
        await sleep(pauseMs, signal);
      }
    }
  } finally {
    time.stop();
  }
}

/** The kinds of `ssl` to try, the best first. */
function protections({ tls, tlsFiles, client }: PostgresPlace): pg.ClientConfig['ssl'][] {
  const unverified = { ...tlsFiles, rejectUnauthorized: false };
  switch (tls) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, unverified];
    case 'prefer':
      return [unverified, false];
    case 'require':
      // As libpq has it: a root certificate that is given is used.
      return [tlsFiles.ca === undefined ? unverified : { ...tlsFiles, checkServerIdentity: () => undefined }];
    case 'verify-ca':
      return [{ ...tlsFiles, checkServerIdentity: () => undefined }];
    case 'verify-full':
      return [{ ...tlsFiles, servername: client.host }];
  }
}

async function firstThatWorks(place: PostgresPlace, signal?: AbortSignal): Promise<OpenPostgres> {
  const failures: unknown[] = [];
  for (const ssl of protections(place)) {
    try {
      return await tryOut(
        place,
        {
          ...place.client,
          ssl,
          keepAlive: true,
          keepAliveInitialDelayMillis: 10_000,
        },
        signal,
      );
    } catch (error) {
      if (error instanceof ConfigurationError || !mayBeTls(error)) throw error;
      failures.push(error);
    }
  }
  // That it speaks no TLS is not why it refused the other way.
  throw failures.find((error) => !speaksNoTls(error)) ?? failures[0];
}

function speaksNoTls(error: unknown): boolean {
  return (error as Error).message.includes('does not support SSL');
}

/** Another protection may be what it wants. */
function mayBeTls(error: unknown): boolean {
  return speaksNoTls(error) || (error as { code?: string }).code === '28000';
}

async function tryOut(
  place: PostgresPlace,
  config: pg.ClientConfig,
  signal?: AbortSignal,
): Promise<OpenPostgres> {
  const client = clientOf(config);
  signal?.throwIfAborted();
  const leave = () => void client.end().catch(() => {});
  signal?.addEventListener('abort', leave, { once: true });
  try {
    await connectWithin(client, config.connectionTimeoutMillis, signal);
    const answer = await client.query({
      text: `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
        current_setting('server_encoding') as encoding, ${writableColumns}`,
      query_timeout: 5_000,
    } as pg.QueryConfig);
    const { number, version, encoding } = answer.rows[0];
    if (number < oldestVersion * 10_000) throw tooOld(place, version);
    if (encoding !== 'UTF8') throw wrongEncoding(place, encoding);
    checkWritable(answer.rows[0]);
    return { client: config, version: String(version).split(' ')[0]!, tls: Boolean(config.ssl) };
  } finally {
    signal?.removeEventListener('abort', leave);
    client.end().catch(() => {});
  }
}

function tooOld({ url }: PostgresPlace, version: string): ConfigurationError {
  return new ConfigurationError(
    `The PostgreSQL ${url} is version ${version}; ${oldestVersion} is the oldest that will do.`,
    {
      code: 'BACKEND_UNAVAILABLE',
      field: 'backend',
      remedy: `Upgrade PostgreSQL to ${oldestVersion} or newer, or name another server.`,
    },
  );
}

function wrongEncoding({ url, database }: PostgresPlace, encoding: string): ConfigurationError {
  return new ConfigurationError(
    `The database ${url} has the encoding ${encoding}, which cannot hold every text.`,
    {
      code: 'BACKEND_UNAVAILABLE',
      field: 'backend',
      remedy: `Create one with UTF-8: createdb --encoding=UTF8 --template=template0 ${database}.`,
    },
  );
}

/** It is not there, or will not do for now; that may pass. */
export function nothingAnswers({ url, host }: PostgresPlace, error: unknown): NetworkError {
  const { answered, what, remedy } = explainAbsence(error);
  return new NetworkError(
    answered ? `The PostgreSQL ${url} ${what}.` : `No PostgreSQL answers at ${url}: ${reasonOf(error)}.`,
    {
      code: 'BACKEND_UNAVAILABLE',
      host,
      outcome: 'not-sent',
      remedy: answered
        ? remedy
        : 'Start it, or correct host and port in the URL; a firewall may be in between.',
      cause: error,
    },
  );
}

/** What a server's (or TLS's) refusal means, by code; the first that fits. */
const remedies: readonly { readonly when: RegExp; readonly what: string; readonly remedy: string }[] = [
  {
    when: /^28P01|client password must be a (non-empty )?string|no password/,
    what: 'does not accept user and password',
    remedy:
      'Correct them in the URL (before an @ in front of the host, with a colon between them), percent-encoded, or set PGUSER and PGPASSWORD.',
  },
  {
    when: /^28000.*(no encryption|SSL off)/,
    what: 'wants the connection to be encrypted',
    remedy: 'Add sslmode=require (or verify-full, with sslrootcert) to the URL.',
  },
  {
    when: /^28000|^0P000/,
    what: 'does not let this user in from here',
    remedy: 'Check the user in the URL, and pg_hba.conf on the server.',
  },
  {
    when: /^3D000/,
    what: 'has no such database',
    remedy: 'Create it (createdb <name>), or correct the name after the last slash of the URL.',
  },
  {
    when: /^42501/,
    what: 'does not let this user create what it needs',
    remedy:
      'Let it: GRANT CREATE ON DATABASE <database> TO <user>. Or create both schemas for it: CREATE SCHEMA <name> AUTHORIZATION <user>.',
  },
  {
    when: /^53[012]00/,
    what: 'has no room',
    remedy: 'Make room on the disk of the database, or in its memory.',
  },
  {
    when: /statement pooling mode/,
    what: 'is a pooler that hands out single statements',
    remedy: 'Name the server itself, or a pool in session mode (PgBouncer: pool_mode = session).',
  },
  {
    when: /does not support SSL/,
    what: 'speaks no TLS',
    remedy: 'Switch TLS on at the server, or use sslmode=disable where the network is trusted.',
  },
  {
    when: /CERT|SELF_SIGNED|VERIFY_LEAF|ERR_TLS|ERR_SSL|EPROTO|ERR_OSSL/,
    what: 'has a certificate that is not trusted, or is not its own',
    remedy:
      'Name the authority’s file with sslrootcert=<file>; with sslmode=verify-full the host must be that of the certificate.',
  },
];

/** The refusal in our words, with a remedy. */
export function refusedError({ url }: PostgresPlace, error: unknown): ConfigurationError {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const known = remedies.find(({ when }) => when.test(`${code} ${message}`));
  return new ConfigurationError(
    known
      ? `The PostgreSQL ${url} ${known.what}: ${reasonOf(error)}.`
      : `The PostgreSQL ${url} refused: ${reasonOf(error)}.`,
    {
      code: 'BACKEND_UNAVAILABLE',
      field: 'backend',
      remedy: known?.remedy ?? 'Read what the server says, and its log.',
      cause: error,
    },
  );
}
