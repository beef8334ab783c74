import { sleep } from '@fluxori/core';
import { describeWith, type FreshPlace, freshPlace } from '@fluxori/test-services';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import pg from 'pg';
import { openBackend } from '../open-backend.js';

describeWith('postgres', 'a job that two processes move at the same moment', () => {
  let place: FreshPlace;
  /** A worker of another process, as its database sees it. */
  let other: pg.Client;
  beforeAll(async () => {
    place = await freshPlace('postgres');
    other = new pg.Client(place.url);
    await other.connect();
  });
  afterAll(async () => {
    await other.end();
    await place.remove();
  });

  it.each([
    ['one by itself', 1],
    ['several together', 3],
  ])('is not given out twice when its time comes while it is woken: %s', async (_, count) => {
    await using backend = await openBackend(place.url);
    const { connection, backendFactory } = await backend.queueConnection();
    const name = `woken-${count}`;
    const queue = new Queue(name, { connection }, backendFactory);
    const ids = Array.from({ length: count }, (_, n) => `job-${n}`);
    await queue.addBulk(ids.map((jobId) => ({ name: 'work', data: {}, opts: { jobId, delay: 600_000 } })));

    await other.query('begin');
    await other.query('set local search_path to bullmq');
    const later = Date.now() + 1_200_000;
    const claim = `select id from move_to_active($1, 'token', 600000, $2, 'other', null, null)`;
    const { rows } = await other.query<{ id: string }>(claim, [name, later]);
    const promoted = Promise.allSettled(ids.map((id) => queue.getBackend().promote(id)));
    await somebodyWaits();
    await other.query('commit');

    expect(await promoted).toEqual(
      ids.map(() => expect.objectContaining({ reason: expect.objectContaining({ code: -3 }) })),
    );
    expect(rows).toHaveLength(1);
    await expect(queue.getJobState(rows[0]!.id)).resolves.toBe('active');
    await queue.close();
  });

  it('is not done again when it ends while it is taken for lost', async () => {
    await using backend = await openBackend(place.url);
    const { connection, backendFactory } = await backend.queueConnection();
    const name = 'ending';
    const queue = new Queue(name, { connection }, backendFactory);
    await queue.add('work', {}, { jobId: 'job-0' });
    await other.query('set search_path to bullmq');
    await other.query(`select move_to_active($1, 'token', 600000, $2, 'other', null, null)`, [
      name,
      Date.now(),
    ]);

    await other.query('begin');
    const end = `select move_to_completed($1, 'job-0', 'token', '1', $2, false, null, null)`;
    await other.query(end, [name, Date.now()]);
    const givenBack = queue.getBackend().moveJobFromActiveToWait('job-0', '0');
    await somebodyWaits();
    await other.query('commit');
    await givenBack;

    await expect(queue.getJobState('job-0')).resolves.toBe('completed');
    await queue.close();
  });

  it('is not removed when it is given out just then', async () => {
    await using backend = await openBackend(place.url);
    const { connection, backendFactory } = await backend.queueConnection();
    const name = 'removed';
    const queue = new Queue(name, { connection }, backendFactory);
    await queue.add('work', {}, { jobId: 'job-0' });

    await other.query('begin');
    await other.query('set local search_path to bullmq');
    const claim = `select move_to_active($1, 'token', 600000, $2, 'other', null, null)`;
    await other.query(claim, [name, Date.now()]);
    const removed = queue.remove('job-0');
    await somebodyWaits();
    await other.query('commit');

    await expect(removed).resolves.toBe(0);
    await expect(queue.getJobState('job-0')).resolves.toBe('active');
    await queue.close();
  });

  async function somebodyWaits(): Promise<void> {
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await other.query(waiting)).rowCount === 0) await sleep(10);
  }
});
