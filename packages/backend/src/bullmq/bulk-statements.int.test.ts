import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPostgresBackend, type IQueueBackend, type PgPool, Queue, runMigrations } from 'bullmq';
import { databaseImage } from '../pglite/image/database-image.js';
import { PglitePool } from '../pglite/pglite-pool.js';
import { PgliteSession } from '../pglite/pglite-session.js';
import { BulkStatements, bulkStatement } from './bulk-statements.js';

const many = 20;
let session: PgliteSession;
let pool: PglitePool;
let queues = 0;
/** What was sent of BullMQ's moves. */
let sent: string[];
let queue: ReturnType<typeof openQueue>;
let backend: IQueueBackend;

beforeAll(async () => {
  const image = await databaseImage();
  session = new PgliteSession(
    await PGlite.create(image && { loadDataDir: image }),
    () => new Error('closed'),
  );
  const client = await new PglitePool(session).connect();
  await runMigrations(client, 'bullmq', {});
  await client.query('set search_path to bullmq');
  client.release();
  const watched = Object.create(session) as PgliteSession;
  watched.query = (text, parameters) => {
    sent.push(text);
    return session.query(text, parameters);
  };
  watched.onNotification = (listener) => session.onNotification(listener);
  pool = new PglitePool(watched);
});
afterAll(() => session.close());

beforeEach(async () => {
  sent = [];
  queue = openQueue(pool);
  backend = queue.getBackend();
  await queue.addBulk(
    Array.from({ length: many }, (_, n) => ({ name: 'work', data: { n }, opts: { jobId: `job-${n}` } })),
  );
  sent = [];
});

function openQueue(connection: PgPool) {
  return new Queue(`bulk${queues++}`, { connection }, (name, options, extra) =>
    createPostgresBackend(name, { ...options, connection }, extra),
  );
}

const each = <T>(work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: many }, (_, n) => work(n)));

/** Jobs by the token with which they were claimed. */
async function claimAll(): Promise<Map<string, string>> {
  const claimed = await each((n) => backend.moveToActive(`token-${n}`, 'worker'));
  return new Map(claimed.map(([, jobId], n) => [`token-${n}`, jobId as string]));
}

describe('moves of many jobs at the same moment', () => {
  it('go as one statement, and each caller gets a job of its own, in their order', async () => {
    const claimed = await claimAll();
    expect([...claimed.values()]).toEqual(Array.from({ length: many }, (_, n) => `job-${n}`));
    expect(sent).toHaveLength(1);
  });

  it('park, wake and end jobs as each by itself would', async () => {
    const claimed = await claimAll();
    sent = [];
    await each((n) =>
      backend.moveToDelayed(claimed.get(`token-${n}`)!, Date.now(), 60_000, `token-${n}`, {
        skipAttempt: true,
        fieldsToUpdate: { failedReason: `"it's {parked}, ${n}\\"` },
      }),
    );
    await each((n) => backend.promote(`job-${n}`));
    expect(sent).toHaveLength(2);
    await expect(queue.getJob('job-7')).resolves.toMatchObject({ failedReason: `"it's {parked}, 7\\"` });
    const again = await claimAll();
    const value = (n: number) => ({ quote: `"'{},\\`, nothing: null, n });
    await each(async (n) => {
      const job = await queue.getJob(again.get(`token-${n}`)!);
      return backend.moveToCompleted(job as never, value(n), false, `token-${n}`, true);
    });
    const jobs = await queue.getJobs(['completed']);
    expect(jobs.map((job) => job.returnvalue)).toEqual(
      expect.arrayContaining(Array.from({ length: many }, (_, n) => value(n))),
    );
    expect(jobs.map((job) => job.attemptsMade)).toEqual(jobs.map(() => 1));
  });

  it('that find nothing, and look where it is, ask once', async () => {
    await claimAll();
    sent = [];
    const none = await each((n) => backend.moveToActive(`late-${n}`, 'worker'));
    expect(none).toEqual(none.map(() => [null, '', 0, 0]));
    const jobs = await each((n) => queue.getJob(`job-${n === 5 ? 'none' : n}`));
    expect(jobs.map((job) => job?.id)).toEqual(jobs.map((_, n) => (n === 5 ? undefined : `job-${n}`)));
    expect(sent).toHaveLength(3);
  });

  it('refuse the one that is wrong and carry the others out', async () => {
    const claimed = await claimAll();
    const answers = await Promise.allSettled(
      [...claimed].map(([token, jobId], n) =>
        backend.moveToDelayed(jobId, Date.now(), 60_000, n === 3 ? 'stolen' : token),
      ),
    );
    expect(answers.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([3]);
    expect(answers[3]).toMatchObject({ reason: { code: -6 } });
    await expect(queue.getJobCounts('active', 'delayed')).resolves.toEqual({ active: 1, delayed: many - 1 });
  });
});

describe('a statement', () => {
  it('that is no call of a function that moves jobs goes as it is', () => {
    expect(bulkStatement('select promote($1, $2) as code')).toBeDefined();
    expect(bulkStatement('select promote($2, $1) as code')).toBeUndefined();
    expect(bulkStatement('select promote($1, $2, $3) as code')).toBeUndefined();
    expect(bulkStatement('select promote($1, $2) as code; drop table job')).toBeUndefined();
    expect(bulkStatement('select add_job($1, $2) as id')).toBeUndefined();
  });

  it('that found no database is not sent again for each caller', async () => {
    let tries = 0;
    const away = new BulkStatements(() => {
      tries += 1;
      return Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
    }, 50);
    const answers = await Promise.allSettled(
      ['a', 'b'].map((id) => away.query('select promote($1, $2) as code', ['q', id])),
    );
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(tries).toBe(1);
  });
});
