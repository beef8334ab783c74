import { readFileSync } from 'node:fs';
import { ConfigurationError } from '@fluxori/core';
import type { ClientConfig } from 'pg';
import { defaultLeaseMs } from '../buckets/open-grants.js';

/** How the connection is protected, by libpq's names. */
export const tlsModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type TlsMode = (typeof tlsModes)[number];

/** What a `postgres://` URL says. */
export interface PostgresPlace {
  /** For node-postgres; without `ssl`, which the mode decides at open. */
  readonly client: ClientConfig;
  /** `host:port`, for messages. */
  readonly host: string;
  readonly database: string;
  /** The URL without user, password and keys, fit for a log. */
  readonly url: string;
  readonly tls: TlsMode;
  readonly tlsFiles: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** Where our tables are. */
  readonly schema: string;
  /** Where BullMQ's are. */
  readonly queueSchema: string;
  /** The most connections at once, beside the one that listens. */
  readonly pool: number;
  /** How long a call waits for a database that is away. */
  readonly patienceMs: number;
  /** How long a grant of a process that has died counts as in flight. */
  readonly leaseMs: number;
}

/** Ours first, then libpq's. */
const parameters = [
  'schema',
  'pool',
  'patience',
  'lease',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'channel_binding',
  'application_name',
  'connect_timeout',
  'options',
  'host',
  'port',
  'dbname',
  'user',
  'password',
] as const;
type Parameter = (typeof parameters)[number];

/** @throws ConfigurationError naming the part that is wrong; never a password. */
export function parsePostgresUrl(location: string): PostgresPlace {
  const url = parsed(location);
  const given = parametersOf(url);
  const schema = schemaName(given.get('schema') ?? 'fluxori');
  const host = given.get('host') ?? (decode(url.hostname.replace(/^\[|\]$/g, ''), 'host') || 'localhost');
  const port = wholeNumber('port', given.get('port') ?? (url.port || '5432'), 1, 65_535);
  const user = given.get('user') ?? decode(url.username, 'user');
  const password = given.get('password') ?? decode(url.password, 'password');
  const database = given.get('dbname') ?? decode(url.pathname.replace(/^\//, ''), 'database');
  const options = given.get('options');
  const timeoutS = wholeNumber('connect_timeout', given.get('connect_timeout') ?? '5', 0, 3_600);
  return {
    client: {
      host,
      port,
      ...(user !== '' && { user }),
      ...(password !== '' && { password }),
      ...(database !== '' && { database }),
      ...(options !== undefined && { options }),
      application_name: given.get('application_name') ?? 'fluxori-connectors',
      enableChannelBinding:
        oneOf('channel_binding', given.get('channel_binding') ?? 'prefer', bindings) !== 'disable',
      connectionTimeoutMillis: (timeoutS || 5) * 1000,
    },
    host: host.startsWith('/') ? host : `${host}:${port}`,
    database: database || user,
    url: `postgres://${host.startsWith('/') ? '' : `${host}:${port}`}/${encodeURIComponent(database)}${harmless(given)}`,
    tls: host.startsWith('/') ? 'disable' : oneOf('sslmode', given.get('sslmode') ?? 'prefer', tlsModes),
    tlsFiles: {
      ...file('ca', 'sslrootcert', given),
      ...file('cert', 'sslcert', given),
      ...file('key', 'sslkey', given),
    },
    schema,
    queueSchema: schema === 'fluxori' ? 'bullmq' : schemaName(`${schema}_bullmq`),
    pool: wholeNumber('pool', given.get('pool') ?? '10', 1, 1_000),
    patienceMs: Number(seconds('patience', given.get('patience') ?? '30')) * 1000,
    leaseMs: leaseOf(given.get('lease')),
  };
}

const bindings = ['disable', 'prefer', 'require'] as const;

function parsed(location: string): URL {
  try {
    // A scheme that URL treats like http's, so that it reads host and port by the same rules.
    const url = new URL(`postgres:${location}`);
    if (location.startsWith('//')) return url;
  } catch {
    // Below: the text may hold a password, so it is not repeated.
  }
  throw new ConfigurationError('The URL of the PostgreSQL cannot be read.', {
    field: 'backend',
    remedy:
      'Write postgres://host:5432/database, with user and password before an @ in front of the host and a colon between them. Characters such as @ : / ? # % in a password must be percent-encoded (@ is %40).',
  });
}

function parametersOf(url: URL): Map<Parameter, string> {
  const given = new Map<Parameter, string>();
  for (const [name, value] of url.searchParams) {
    if (!isParameter(name)) {
      // Behind a ? that a password holds as it is, its rest would pass for a parameter: then an @ follows, and nothing is repeated.
      const named = url.search.includes('@') ? '' : ` "${name.slice(0, 40)}"`;
      throw new ConfigurationError(`The URL of the PostgreSQL has a parameter${named}, which is not known.`, {
        field: 'backend',
        remedy: `Known: ${parameters.join(', ')}.`,
      });
    }
    given.set(name, value);
  }
  return given;
}

function isParameter(name: string): name is Parameter {
  return (parameters as readonly string[]).includes(name);
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong(
      what,
      `The ${what} in the URL of the PostgreSQL is not percent-encoded as it should be.`,
      'Write % as %25.',
    );
  }
}

/** BullMQ takes simple names only, and adds none of its own; 63 bytes are PostgreSQL's limit. */
function schemaName(name: string): string {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(name) && !name.startsWith('pg_')) return name;
  throw wrong(
    'schema',
    `"${name}" cannot be the name of a schema here.`,
    'Use small letters, digits and _ (at most 56 characters), beginning with a letter, and not with pg_.',
  );
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw wrong(
    name,
    `${name}=${text} is not a whole number from ${least} to ${most}.`,
    `Correct ${name} in the URL.`,
  );
}

function seconds(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw wrong(name, `${name}=${text} is not a number of seconds.`, `Write e.g. ${name}=30.`);
}

function leaseOf(text: string | undefined): number {
  if (text === undefined) return defaultLeaseMs;
  const value = Number(text);
  if (value >= 1 && value <= 600) return value * 1000;
  throw wrong('lease', `lease=${text} is not a number of seconds from 1 to 600.`, 'Write e.g. lease=5.');
}

function oneOf<Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((one) => one === text);
  if (choice !== undefined) return choice;
  throw wrong(name, `${name}=${text} is not known.`, `Write one of: ${choices.join(', ')}.`);
}

function file(
  as: 'ca' | 'cert' | 'key',
  name: Parameter,
  given: Map<Parameter, string>,
): Record<string, string> {
  const path = given.get(name);
  if (path === undefined || path === 'system') return {};
  try {
    return { [as]: readFileSync(path, 'utf8') };
  } catch (error) {
    throw wrong(
      name,
      `The file of ${name} cannot be read (${(error as { code?: string }).code}).`,
      `Check the path in ${name}.`,
    );
  }
}

function harmless(given: Map<Parameter, string>): string {
  const shown = (['schema', 'pool', 'patience', 'lease', 'sslmode'] as const).flatMap((name) => {
    const value = given.get(name);
    return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  return shown.length === 0 ? '' : `?${shown.join('&')}`;
}

function wrong(name: string, message: string, remedy: string): ConfigurationError {
  return new ConfigurationError(message, { field: `backend.${name}`, remedy });
}
