import { silentLogger } from '@fluxori/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type PreparedSession, preparedSession } from '../../testing/prepared-session.js';
import type { PgliteSession } from './pglite-session.js';
import { Upkeep } from './upkeep.js';

describe('upkeep', () => {
  let prepared: PreparedSession;
  let session: PgliteSession;
  beforeAll(async () => {
    prepared = await preparedSession();
    session = prepared.session;
  });
  beforeEach(async () => {
    await session.script('drop schema if exists busy cascade; create schema busy');
    await session.script('create table busy.counter (id int primary key, n int)');
    await session.script('insert into busy.counter select i, 0 from generate_series(1, 500) i');
  });
  afterAll(async () => {
    await prepared[Symbol.asyncDispose]();
  });

  const churn = async () => {
    for (let round = 0; round < 10; round++)
      await session.script(`update busy.counter set n = n + 1, id = id + 1000`);
  };
  // One that ends with its clearing: none that its timer began is under way, however long this takes.
  const clear = () => new Upkeep(session, silentLogger).close();
  const size = async () => {
    const { rows } = await session.query<{ bytes: number }>(
      `select pg_relation_size('busy.counter')::int as bytes`,
    );
    return rows[0]!.bytes;
  };

  it('keeps a table that is written all the time from growing for ever', async () => {
    await churn();
    await clear();
    const once = await size();
    for (let again = 0; again < 5; again++) {
      await churn();
      await clear();
    }
    expect(await size()).toBeLessThanOrEqual(once * 1.5);
  });

  it('is needed: the same writes without it make the table grow each time', async () => {
    await churn();
    const once = await size();
    for (let again = 0; again < 5; again++) await churn();
    expect(await size()).toBeGreaterThan(once * 3);
  });
});
