import { type Clock, type Logger, sleep, systemClock } from '@fluxori/core';
import { describeWith, type FreshPlace, freshPlace } from '@fluxori/test-services';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { openBackend } from '../open-backend.js';

describeWith('postgres', 'a PostgreSQL that is there and gives less than is asked', () => {
  let place: FreshPlace;
  let admin: pg.Client;
  let lines: string[];
  let logger: Logger;
  beforeEach(async () => {
    place = await freshPlace('postgres');
    admin = new pg.Client(place.url);
    await admin.connect();
    lines = [];
    const say = (_fields: unknown, message: string) => void lines.push(message);
    logger = { debug: () => {}, info: say, warn: say, error: say, child: () => logger };
  });
  afterEach(async () => {
    await admin.end();
    await place.remove();
  });
  /** Waited for however long it takes: a limit for what hangs is that of the tests. */
  const patientUrl = () => `${place.url}?patience=600`;
  /** Its going and coming are told once each, and once more where a machine that stood still let an answer come too late. */
  const expectToldOnce = () => {
    const told = lines.filter((line) => / is (away|back)/.test(line));
    const away = told.filter((line) => line.includes(' is away'));
    expect(told.map((line) => /away|back/.exec(line)![0])).toEqual(away.flatMap(() => ['away', 'back']));
    expect(away.length).toBeGreaterThan(0);
    expect(away.filter((line) => !line.includes('timeout')).length).toBeLessThanOrEqual(1);
  };
  const database = () => pg.escapeIdentifier(new URL(place.url).pathname.slice(1));
  const until = async (what: () => Promise<boolean>) => {
    while (!(await what())) await sleep(20);
  };

  it('fewer connections: goes on with those that it has, and is not taken for away', async () => {
    const role = `narrow_${process.pid}_${Date.now()}`;
    await admin.query(
      `create role ${role} login connection limit 4; grant create on database ${database()} to ${role}`,
    );
    try {
      const url = new URL(place.url);
      url.username = role;
      url.searchParams.set('pool', '20');
      url.searchParams.set('patience', '600');
      await using backend = await openBackend(url.href, { logger });
      const all = Array.from({ length: 300 }, (_, index) => `key ${index}`);
      await Promise.all(all.map((key) => backend.keyValues.set(key, key)));
      expect(await Promise.all(all.map((key) => backend.keyValues.get(key)))).toEqual(all);
      expect((await backend.health()).status).toBe('up');
      // Nor is a machine that stood still, which lets answers come too late.
      expect(lines.filter((line) => / is away/.test(line) && !line.includes('timeout'))).toEqual([]);
      const short = lines.filter((line) => /has no connection left/.test(line));
      expect(short.length).toBe(1);
      expect(short[0]).toMatch(/goes on with the \d that it has.*max_connections/);
    } finally {
      await admin.query(`drop owned by ${role} cascade; drop role ${role}`);
    }
  });

  it('another time: warns of a clock that is far from its own', async () => {
    const clock: Clock = { ...systemClock, now: () => Date.now() - 7_200_000 };
    await (await openBackend(place.url, { logger, clock })).close();
    expect(lines.filter((line) => / s behind that of PostgreSQL/.test(line)).length).toBe(1);
  });

  it('no writes: is away until it can be written to again, and tells why', async () => {
    await using backend = await openBackend(patientUrl(), { logger });
    await backend.keyValues.set('before', 1);
    const othersEnd = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
    await admin.query(`alter database ${database()} set default_transaction_read_only = on`);
    await admin.query(othersEnd);
    // Nobody writes: it is seen all the same.
    await until(async () => (await backend.health()).status === 'down');
    expect(JSON.stringify((await backend.health()).details)).toMatch(/nobody write/);
    const written = backend.keyValues.set('meanwhile', 2);
    await admin.query('set default_transaction_read_only = off');
    await admin.query(`alter database ${database()} reset default_transaction_read_only`);
    await written;
    expect(await backend.keyValues.get('meanwhile')).toBe(2);
    expect((await backend.health()).status).toBe('up');
    expectToldOnce();
  });

  it('no room on its disk: is away until there is, also for the queues, and sends nothing twice', async () => {
    await using backend = await openBackend(patientUrl(), { logger });
    const { Queue } = await import('bullmq');
    const { connection, backendFactory } = await backend.queueConnection();
    const queue = new Queue('full', { connection }, backendFactory);
    await queue.waitUntilReady();
    // As PostgreSQL says it, until there is room.
    await admin.query(`create table public.room (id int);
      create function public.no_room() returns trigger language plpgsql as $$ begin
        if not exists (select from public.room) then
          raise exception 'could not extend file: No space left on device' using errcode = '53100';
        end if;
        return new;
      end $$;
      create trigger no_room before insert on fluxori.key_value for each row execute function public.no_room();
      create trigger no_room before insert on bullmq.job for each row execute function public.no_room()`);
    const written = backend.keyValues.set('mine', 1);
    const added = queue.add('work', {});
    await until(async () => (await backend.health()).status === 'down');
    expect(JSON.stringify((await backend.health()).details)).toContain('No space left');
    await admin.query('insert into public.room values (1)');
    await Promise.all([written, added]);
    expect(await queue.getJobCountByTypes('waiting')).toBe(1);
    expect((await backend.health()).status).toBe('up');
    expectToldOnce();
    await queue.close();
  });
});
