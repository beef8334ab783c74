import { silentLogger } from '@fluxori/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type PreparedSession, preparedSession } from '../../testing/prepared-session.js';
import type { PgliteSession } from './pglite-session.js';
import { Upkeep } from './upkeep.js';

describe('upkeep', () => {
  let prepared: PreparedSession;
  let session: PgliteSession;
  beforeEach(async () => {
    prepared = await preparedSession();
    session = prepared.session;
    await session.script('create schema busy; create table busy.counter (id int primary key, n int)');
    await session.script('insert into busy.counter select i, 0 from generate_series(1, 500) i');
  });
  afterEach(async () => {
    await prepared[Symbol.asyncDispose]();
  });

  const churn = async () => {
    for (let round = 0; round < 10; round++)
      await session.script(`update busy.counter set n = n + 1, id = id + 1000`);
  };
  const size = async () => {
    const { rows } = await session.query<{ bytes: number }>(
      `select pg_relation_size('busy.counter')::int as bytes`,
    );
    return rows[0]!.bytes;
  };

  it('keeps a table that is written all the time from growing for ever', async () => {
    const upkeep = new Upkeep(session, silentLogger);
    await churn();
    await upkeep.run();
    const once = await size();
    for (let again = 0; again < 5; again++) {
      await churn();
      await upkeep.run();
    }
    expect(await size()).toBeLessThanOrEqual(once * 1.5);
    await upkeep.close();
  });

  it('is needed: the same writes without it make the table grow each time', async () => {
    await churn();
    const once = await size();
    for (let again = 0; again < 5; again++) await churn();
    expect(await size()).toBeGreaterThan(once * 3);
  });
});
