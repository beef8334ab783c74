import { type Health, isFluxoriError, RunTime, sleep } from '@fluxori/core';
import type { DriverInput, FluxoriBackend, OpenDriver } from '../fluxori-backend.js';
import { compareClocks } from '../life/compare-clocks.js';
import { Lifetime } from '../life/lifetime.js';
import { checkServer, type ServerFacts } from './check-server.js';
import { connect } from './connect.js';
import { LockBell } from './lock-bell.js';
import { RedisBucketStore } from './redis-bucket-store.js';
import { createRedisClient, type RedisClient } from './redis-client.js';
import { awayError, isAway, reasonOf } from './redis-failure.js';
import { RedisKeyValueStore } from './redis-key-value-store.js';
import { RedisLink } from './redis-link.js';
import { RedisLocks } from './redis-locks.js';
import { connectQueue, type QueueLink } from './redis-queue-connection.js';
import { RedisRecordStore } from './redis-record-store.js';
import { type RedisAddress, readRedisUrl } from './redis-url.js';

/** Redis says something within so long, or the connection is dead. */
const silenceMs = 5_000;
/** Opening fails after so long; of a connection that is lost meanwhile, the next is waited for. */
const openingMs = 10_000;
const lookAgainMs = 50;

/** Redis, for many processes on many machines. */
export const openRedisBackend: OpenDriver = async (input) => open(input, readRedisUrl(input.location, false));

/** The same over TLS. */
export const openSecureRedisBackend: OpenDriver = async (input) =>
  open(input, readRedisUrl(input.location, true));

async function open(input: DriverInput, address: RedisAddress): Promise<FluxoriBackend> {
  const startedAt = performance.now();
  const client = createRedisClient(address, { name: 'fluxori', silenceMs, waits: false });
  try {
    await connect(client, address, openingMs, input.signal);
    const facts = await lookAt(client, address, input);
    const backend = await assemble(input, address, client, facts);
    const ms = Math.round(performance.now() - startedAt);
    input.logger.info({ url: address.safeUrl, version: facts.version, ms }, 'backend open');
    return backend;
  } catch (error) {
    client.disconnect();
    throw error;
  }
}

/** A connection that is lost between the first answer and these is none that tells anything: they are asked for once more. */
async function lookAt(client: RedisClient, address: RedisAddress, input: DriverInput): Promise<ServerFacts> {
  const time = new RunTime();
  try {
    for (;;) {
      try {
        const facts = await checkServer(client, address, input.logger);
        await checkClock(client, address, input);
        return facts;
      } catch (error) {
        if (isFluxoriError(error) || !isAway(error)) throw error;
        if (time.ms >= openingMs) throw awayError(address.label, error, time.ms);
        await sleep(lookAgainMs, input.signal);
      }
    }
  } finally {
    time.stop();
  }
}

async function checkClock(
  client: RedisClient,
  { label }: RedisAddress,
  { clock, logger }: DriverInput,
): Promise<void> {
  const askedAtMs = clock.now();
  const [seconds, microseconds] = await client.time();
  const storeMs = Number(seconds) * 1000 + Number(microseconds) / 1000;
  compareClocks({ storeMs, askedAtMs, heardAtMs: clock.now() }, `Redis at ${label}`, label, logger);
}

async function assemble(
  { clock, logger }: DriverInput,
  address: RedisAddress,
  client: RedisClient,
  facts: ServerFacts,
): Promise<FluxoriBackend> {
  const { safeUrl: url, label, patienceMs, leaseMs } = address;
  const life = new Lifetime(url);
  const root = `{${address.prefix}}/`;
  const link = new RedisLink({ client, label, root, life, logger, clock, patienceMs });
  const bell = new LockBell(`${root}lock-bell`, () =>
    createRedisClient(address, { name: 'fluxori-locks', silenceMs, waits: false }),
  );
  const locks = new RedisLocks({ link, life, bell });
  const buckets = new RedisBucketStore({ link, life, clock, leaseMs });
  try {
    await buckets.open();
  } catch (error) {
    await life.end(async () => link.end());
    throw error;
  }
  let queue: Promise<QueueLink> | undefined;

  const close = () =>
    life.end(async () => {
      link.end();
      await locks.close();
      await buckets.close();
      bell.close();
      (await queue)?.close();
      client.disconnect();
    });

  return {
    kind: 'redis',
    shared: true,
    url,
    keyValues: new RedisKeyValueStore(link),
    locks,
    buckets,
    records: new RedisRecordStore(link),
    queueConnection: async () => {
      life.check();
      queue ??= connectQueue(address, logger);
      return (await queue).connection;
    },
    health: () =>
      healthOf(link, client, life, { kind: 'redis', url, version: facts.version, ...riskOf(facts) }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Settings that lose work; as they were when it was opened. */
function riskOf({ maxmemoryPolicy, aofEnabled }: ServerFacts): Record<string, string> {
  return {
    ...(maxmemoryPolicy !== 'noeviction' && maxmemoryPolicy !== 'unknown' && { maxmemoryPolicy }),
    ...(!aofEnabled && { appendonly: 'no' }),
  };
}

async function healthOf(
  link: RedisLink,
  client: RedisClient,
  life: Lifetime,
  details: Readonly<Record<string, unknown>>,
): Promise<Health> {
  if (life.ended) return { status: 'down', details };
  const startedAt = performance.now();
  try {
    if (link.away === undefined) await client.ping();
  } catch (error) {
    return { status: 'down', details: { ...details, error: reasonOf(error), ...awaySince(link) } };
  }
  const latencyMs = Math.round((performance.now() - startedAt) * 10) / 10;
  return link.away === undefined
    ? { status: 'up', details: { ...details, latencyMs } }
    : { status: 'down', details: { ...details, ...awaySince(link) } };
}

function awaySince(link: RedisLink): Record<string, unknown> {
  return link.away === undefined
    ? {}
    : { since: new Date(link.away.sinceMs).toISOString(), error: link.away.reason };
}
