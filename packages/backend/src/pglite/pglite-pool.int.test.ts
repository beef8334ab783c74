import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PreparedSession, preparedSession } from '../../testing/prepared-session.js';
import { PglitePool } from './pglite-pool.js';
import type { PgliteSession } from './pglite-session.js';

describe('a pool on the one connection of PGlite', () => {
  let prepared: PreparedSession;
  let session: PgliteSession;
  let pool: PglitePool;
  beforeAll(async () => {
    prepared = await preparedSession();
    session = prepared.session;
    pool = new PglitePool(session);
    await pool.query('create table note (text text)');
  });
  afterAll(async () => {
    await prepared[Symbol.asyncDispose]();
  });

  const texts = async () =>
    (await pool.query<{ text: string }>('select text from note')).rows.map((row) => row.text);

  it("keeps others' statements out of a client's transaction", async () => {
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query(`insert into note values ('mine')`);
    const theirs = pool.query(`insert into note values ($1)`, ['theirs']);
    await client.query('ROLLBACK');
    await theirs;
    client.release();
    expect(await texts()).toEqual(['theirs']);
  });

  it('frees the connection when a client is released in the middle of a transaction', async () => {
    const client = await pool.connect();
    await client.query('begin');
    await client.query(`insert into note values ('lost')`);
    client.release();
    expect(await texts()).not.toContain('lost');
  });

  it('frees the connection when a COMMIT fails', async () => {
    await pool.query('create table parent (id int primary key)');
    await pool.query('create table child (id int references parent deferrable initially deferred)');
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('insert into child values (1)');
    await expect(client.query('COMMIT')).rejects.toMatchObject({ code: '23503' });
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    client.release();
  });

  it('lets a client listen for ever without standing in the way, and passes on only to those who are there', async () => {
    const [listener, leaver] = [await pool.connect(), await pool.connect()];
    const heard: string[] = [];
    listener.on('notification', ({ payload }) => heard.push(`listener ${payload}`));
    leaver.on('notification', ({ payload }) => heard.push(`leaver ${payload}`));
    await listener.query('LISTEN news');
    leaver.release();
    await pool.query(`select pg_notify('news', 'hello')`);
    await pool.query('select 1');
    expect(heard).toEqual(['listener hello']);
    listener.release();
  });

  it("passes PostgreSQL's own errors on, code and all, and goes on working", async () => {
    await expect(pool.query('select * from nowhere')).rejects.toMatchObject({ code: '42P01' });
    await expect(session.transaction(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect((await pool.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
  });
});
