import { ConfigurationError } from '@fluxori/core';
import { defaultLeaseMs } from '../buckets/open-grants.js';

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** A `redis(s)://` URL, taken apart. */
export interface RedisAddress {
  readonly mode: 'one' | 'sentinel' | 'cluster';
  readonly tls: boolean;
  /** Redis, or the sentinels, or some nodes of the cluster. */
  readonly hosts: readonly RedisHost[];
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  /** The master's name at the sentinels. */
  readonly sentinel?: string;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  /** All keys lie under the hash tag `{prefix}`. */
  readonly prefix: string;
  /** How long a call waits for a Redis that is away, in milliseconds. */
  readonly patienceMs: number;
  /** How long a grant of a process that has died counts as in flight, in milliseconds. */
  readonly leaseMs: number;
  /** The URL without credentials, for logs. */
  readonly safeUrl: string;
  /** `host:port`, or several with commas, for messages. */
  readonly label: string;
}

const known = [
  'prefix',
  'sentinel',
  'sentinelUsername',
  'sentinelPassword',
  'cluster',
  'patience',
  'lease',
] as const;
type Parameter = (typeof known)[number];

const form =
  'redis://host:port/db (several hosts with commas, user and password before an @ where the server wants them), then ?prefix=…&sentinel=…&cluster=true&patience=…&lease=… as needed';

/**
 * Reads the URL of a Redis backend.
 *
 * @param location - what comes after the scheme.
 * @throws ConfigurationError that names the part that is wrong and repeats no credentials.
 */
export function readRedisUrl(location: string, tls: boolean): RedisAddress {
  const parts = /^\/\/(?:([^?#]*)@)?([^@/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/s.exec(location);
  if (parts === null) throw wrong('it does not have the form of such a URL');
  const [, credentials, authority = '', path = '', query = ''] = parts;
  const parameters = readParameters(query);
  const sentinel = parameters.get('sentinel');
  const cluster = readFlag(parameters.get('cluster'));
  if (sentinel !== undefined && cluster) throw wrong('sentinel and cluster exclude each other');
  const mode = sentinel !== undefined ? 'sentinel' : cluster ? 'cluster' : 'one';
  const hosts = readHosts(authority, mode === 'sentinel' ? 26_379 : 6_379);
  if (mode === 'one' && hosts.length > 1) {
    throw wrong('several hosts need sentinel=<master name> or cluster=true');
  }
  const db = readDb(path);
  if (mode === 'cluster' && db !== 0) throw wrong('a cluster has the database 0 only');
  const prefix = readPrefix(parameters.get('prefix') ?? 'fluxori');
  const patienceMs = readPatience(parameters.get('patience') ?? '30');
  const leaseMs = readLease(parameters.get('lease'));
  const label = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  const address = {
    mode,
    tls,
    hosts,
    db,
    prefix,
    patienceMs,
    leaseMs,
    label,
    ...readCredentials(credentials),
    ...(sentinel !== undefined && { sentinel }),
    ...pick(parameters, 'sentinelUsername'),
    ...pick(parameters, 'sentinelPassword'),
  } as const;
  return { ...address, safeUrl: safeUrlOf(address) };
}

function safeUrlOf(address: Omit<RedisAddress, 'safeUrl'>): string {
  const shown = new URLSearchParams();
  if (address.prefix !== 'fluxori') shown.set('prefix', address.prefix);
  if (address.sentinel !== undefined) shown.set('sentinel', address.sentinel);
  if (address.mode === 'cluster') shown.set('cluster', 'true');
  if (address.patienceMs !== 30_000) shown.set('patience', String(address.patienceMs / 1000));
  if (address.leaseMs !== defaultLeaseMs) shown.set('lease', String(address.leaseMs / 1000));
  const query = shown.size === 0 ? '' : `?${shown}`;
  return `${address.tls ? 'rediss' : 'redis'}://${address.label}${address.db === 0 ? '' : `/${address.db}`}${query}`;
}

function readParameters(query: string): Map<Parameter, string> {
  const parameters = new Map<Parameter, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const parameter = known.find((one) => one === name);
    if (parameter === undefined) {
      // Behind a ? that a password holds as it is, its rest would pass for a parameter: then an @ follows, and nothing is repeated.
      const named = query.includes('@') ? '' : ` ${JSON.stringify(name.slice(0, 40))}`;
      throw wrong(`it has an unknown parameter${named}; known are ${known.join(', ')}`);
    }
    if (value === '') throw wrong(`the parameter ${name} is empty`);
    parameters.set(parameter, value);
  }
  return parameters;
}

function readHosts(authority: string, defaultPort: number): RedisHost[] {
  return authority.split(',').map((one) => {
    const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(one);
    const port = Number(match?.[3] ?? defaultPort);
    // What stands here may be a password with an unescaped character in it, so it is not repeated.
    if (match === null || port < 1 || port > 65_535)
      throw wrong('a host in it is not of the form host or host:port');
    return { host: (match[1] ?? match[2])!, port };
  });
}

function readCredentials(text: string | undefined): { username?: string; password?: string } {
  if (text === undefined || text === '') return {};
  const colon = text.indexOf(':');
  try {
    const username = decodeURIComponent(colon < 0 ? text : text.slice(0, colon));
    const password = colon < 0 ? '' : decodeURIComponent(text.slice(colon + 1));
    return { ...(username !== '' && { username }), ...(password !== '' && { password }) };
  } catch {
    throw wrong('the user or password has a % that begins no escape; write % itself as %25');
  }
}

function readDb(path: string): number {
  if (path === '') return 0;
  if (!/^\d{1,5}$/.test(path)) throw wrong('its path is not the number of a database, such as /0');
  return Number(path);
}

function readFlag(value: string | undefined): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw wrong('cluster is neither true nor false');
}

function readPrefix(prefix: string): string {
  if (/^[\w.:-]{1,64}$/.test(prefix)) return prefix;
  throw wrong('the prefix is not of 1 to 64 letters, digits, or any of _ . : -');
}

function readPatience(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= 86_400) return seconds * 1000;
  throw wrong('patience is not a number of seconds from 0 to 86400');
}

function readLease(text: string | undefined): number {
  if (text === undefined) return defaultLeaseMs;
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 600) return seconds * 1000;
  throw wrong('lease is not a number of seconds from 1 to 600');
}

function pick<Name extends Parameter>(
  parameters: Map<Parameter, string>,
  name: Name,
): { [Key in Name]?: string } {
  const value = parameters.get(name);
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: string };
}

function wrong(what: string): ConfigurationError {
  return new ConfigurationError(`The backend's URL is not a URL of Redis: ${what}.`, {
    field: 'backend',
    remedy: `Write it as ${form}, with special characters in user and password percent-encoded.`,
  });
}
