import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { describeWith, freshPlace } from '@fluxori/test-services';
import { afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openBackend } from '../open-backend.js';
import { openPostgres } from './open-postgres.js';
import { parsePostgresUrl } from './postgres-url.js';

/** A message of PostgreSQL's protocol: https://www.postgresql.org/docs/current/protocol-message-formats.html. */
function message(type: string, ...parts: (string | number | Buffer)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(`${part}\0`);
      if (typeof part !== 'number') return part;
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(part);
      return bytes;
    }),
  );
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const short = (value: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const refused = (code: string, text: string) =>
  message('E', 'SFATAL', 'VFATAL', `C${code}`, `M${text}`, Buffer.from('\0'));
const welcome = Buffer.concat([message('R', 0), message('Z', Buffer.from('I'))]);

/** One row of text columns. */
function row(columns: Record<string, string>): Buffer {
  const names = Object.keys(columns);
  const described = names.map((name) =>
    Buffer.concat([
      Buffer.from(`${name}\0`),
      Buffer.alloc(6),
      Buffer.from([0, 0, 0, 25]),
      short(-1),
      Buffer.alloc(4, 0xff),
      short(0),
    ]),
  );
  const values = Object.values(columns).map((value) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(Buffer.byteLength(value));
    return Buffer.concat([length, Buffer.from(value)]);
  });
  return Buffer.concat([
    message('T', short(names.length), ...described),
    message('D', short(names.length), ...values),
    message('C', 'SELECT 1'),
    message('Z', Buffer.from('I')),
  ]);
}

const modern = { number: '150003', version: '15.3', encoding: 'UTF8' };

describe('opening a PostgreSQL', () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  /** Answers the start of a session, and each statement after it. */
  async function scripted(start: Buffer, statement?: Buffer): Promise<string> {
    const server = createServer((socket) => {
      sockets.push(socket);
      let greeted = false;
      socket.on('error', () => {});
      socket.on('data', (data) => {
        // It speaks no TLS, and a goodbye needs no answer.
        if (data.length === 8 && data.readInt32BE(4) === 80_877_103) socket.write('N');
        else if (!greeted) {
          greeted = true;
          socket.write(start);
        } else if (data[0] !== 0x58) socket.write(statement ?? '');
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `postgres://me:hunter2@127.0.0.1:${(server.address() as AddressInfo).port}/shop`;
  }

  it.each([
    [
      '28P01',
      'password authentication failed for user "me"',
      /does not accept user and password/,
      /PGPASSWORD/,
    ],
    [
      '28000',
      'no pg_hba.conf entry for host "1.2.3.4", user "me", database "shop", no encryption',
      /encrypted/,
      /sslmode/,
    ],
    [
      '28000',
      'no pg_hba.conf entry for host "1.2.3.4", user "me", database "shop", SSL on',
      /let this user in/,
      /pg_hba/,
    ],
    ['3D000', 'database "shop" does not exist', /no such database/, /createdb/],
  ])('that refuses with %s (%s) says so, with a remedy and no password', async (code, text, what, remedy) => {
    const failure = await openBackend(await scripted(refused(code, text))).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'ConfigurationError',
      code: 'BACKEND_UNAVAILABLE',
      field: 'backend',
    });
    expect((failure as Error).message).toMatch(what);
    expect((failure as { remedy: string }).remedy).toMatch(remedy);
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  it('that is older than 14 is refused, and so is an encoding that cannot hold every text', async () => {
    const answer = { number: '130012', version: '13.12', encoding: 'UTF8', standby: 'f' };
    await expect(openBackend(await scripted(welcome, row(answer)))).rejects.toThrow(
      'version 13.12; 14 is the oldest',
    );
    const latin = { ...answer, number: '150003', encoding: 'LATIN1' };
    await expect(openBackend(await scripted(welcome, row(latin)))).rejects.toThrow('LATIN1');
  });

  it('that speaks no TLS is refused when TLS is demanded', async () => {
    const failure = openBackend(`${await scripted(welcome)}?sslmode=require`);
    await expect(failure).rejects.toMatchObject({
      name: 'ConfigurationError',
      remedy: expect.stringContaining('sslmode=disable'),
    });
  });

  it('where nothing listens is given up after a while, plainly', async () => {
    const url = await scripted(welcome);
    servers[0]!.close();
    await new Promise((resolve) => servers[0]!.once('close', resolve));
    const place = parsePostgresUrl(url.slice('postgres:'.length));
    const startedAt = performance.now();
    const opening = openPostgres(place, undefined, 1_000);
    await expect(opening).rejects.toMatchObject({
      name: 'NetworkError',
      code: 'BACKEND_UNAVAILABLE',
      outcome: 'not-sent',
      message: expect.stringMatching(
        /No PostgreSQL answers at postgres:\/\/127\.0\.0\.1:\d+\/shop: .*ECONNREFUSED/,
      ),
    });
    // Not at once: the two may have been started together.
    expect(performance.now() - startedAt).toBeGreaterThan(500);
  });

  it('that answers the second time is opened, however long the first took', async () => {
    const place = parsePostgresUrl((await scripted(welcome, row(modern))).slice('postgres:'.length));
    const [first] = servers;
    let knocks = 0;
    // As when a machine stood still: the time is over with the first attempt.
    first!.prependListener('connection', (socket: Socket) => {
      if (++knocks === 1) socket.destroy();
    });
    await expect(openPostgres({ ...place, tls: 'disable' }, undefined, 0)).resolves.toMatchObject({
      version: '15.3',
    });
  });
});

describeWith('postgres', 'opening a real PostgreSQL', () => {
  it('as a user who may create nothing says what to grant, and works in schemas that are given', async () => {
    const place = await freshPlace('postgres');
    const admin = new pg.Client(place.url);
    await admin.connect();
    const user = `limited_${process.pid}`;
    const database = new URL(place.url).pathname.slice(1);
    try {
      await admin.query(`create role ${user} login`);
      const url = new URL(place.url);
      url.username = user;
      await expect(openBackend(url.href)).rejects.toMatchObject({
        name: 'ConfigurationError',
        remedy: expect.stringContaining('GRANT CREATE ON DATABASE'),
      });
      await admin.query(
        `create schema fluxori authorization ${user}; create schema bullmq authorization ${user}`,
      );
      const backend = await openBackend(url.href);
      await backend.keyValues.set('mine', 1);
      await expect(backend.queueConnection()).resolves.toMatchObject({ connection: expect.anything() });
      await backend.close();
      // Up to date, it is only read.
      await (await openBackend(url.href)).close();
    } finally {
      await admin.query(`drop owned by ${user} cascade; drop role ${user}`).catch(() => {});
      await admin.end();
      await place.remove();
    }
    expect(database).not.toBe('');
  });

  it('that does not have the database says so', async () => {
    const place = await freshPlace('postgres');
    await place.remove();
    await expect(openBackend(place.url)).rejects.toMatchObject({
      name: 'ConfigurationError',
      remedy: expect.stringContaining('createdb'),
    });
  });
});
