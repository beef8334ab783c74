import { NetworkError, sleep } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import type { IQueueBackend } from 'bullmq';
import { steadfast } from './steadfast-backend.js';

const refused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const bullError = (code: number) => Object.assign(new Error('Missing lock for job 1.'), { code });

/** A backend whose commands do what the test says, one after the other. */
function scripted(
  method: string,
  steps: readonly (() => unknown)[],
  state = 'active',
  patienceMs = 3_600_000,
) {
  const calls: unknown[][] = [];
  const closing = new AbortController();
  let troubles = 0;
  const raw = {
    [method]: async (...args: unknown[]) => {
      calls.push(args);
      return steps[Math.min(calls.length, steps.length) - 1]!();
    },
    getState: async () => state,
    toKey: (type: string) => `key:${type}`,
  };
  const { backendFactory } = steadfast(
    { connection: {}, backendFactory: () => raw as unknown as IQueueBackend },
    {
      host: 'db:5432',
      patienceMs,
      closing: closing.signal,
      onTrouble: () => {
        troubles += 1;
      },
    },
  );
  const backend = backendFactory('q', { connection: {} }) as unknown as Record<
    string,
    (...args: unknown[]) => Promise<unknown>
  >;
  return { run: backend[method]!, backend, calls, closing, troubles: () => troubles };
}

const throws = (error: unknown) => () => {
  throw error;
};

describe('a command to a store that is away', () => {
  it('is repeated until the store answers', async () => {
    const { run, calls, troubles } = scripted('getCounts', [throws(refused()), throws(refused()), () => [1]]);
    await expect(run(['active'])).resolves.toEqual([1]);
    expect(calls).toEqual([[['active']], [['active']], [['active']]]);
    expect(troubles()).toBe(2);
  });

  it('fails in our words when its patience is over, also when nothing is heard at all', async () => {
    for (const step of [throws(refused()), () => new Promise(() => {})]) {
      const { run } = scripted('getCounts', [step], 'active', 100);
      await expect(run([])).rejects.toMatchObject({
        name: 'NetworkError',
        code: 'BACKEND_UNAVAILABLE',
        host: 'db:5432',
        retryable: true,
      });
    }
  });

  it('fails at once when the store has answered with an error', async () => {
    const { run, calls } = scripted('promote', [throws(bullError(-3))]);
    await expect(run('1')).rejects.toMatchObject({ code: -3 });
    expect(calls).toHaveLength(1);
  });

  it('is not repeated when the layer below has waited already', async () => {
    const away = new NetworkError('away', { code: 'BACKEND_UNAVAILABLE', host: 'db', outcome: 'unknown' });
    const { run, calls } = scripted('getCounts', [throws(away)]);
    await expect(run([])).rejects.toBe(away);
    expect(calls).toHaveLength(1);
  });
});

describe('the end of a run', () => {
  it('waits for longer than any patience, so that what is done is not done again', async () => {
    const { run, calls, closing } = scripted('moveToCompleted', [throws(refused())], 'active', 10);
    let settled = false;
    const ending = run({ id: '1' }).finally(() => {
      settled = true;
    });
    await sleep(300);
    expect(settled).toBe(false);
    expect(calls.length).toBeGreaterThan(1);
    closing.abort();
    ending.catch(() => {});
  });

  it('waits on when the layer below has given up, as that for PostgreSQL does after its own patience', async () => {
    const away = new NetworkError('away', { code: 'BACKEND_UNAVAILABLE', host: 'db', outcome: 'not-sent' });
    const { run, calls } = scripted('moveToDelayed', [throws(away), throws(away), () => []]);
    await expect(run('1')).resolves.toEqual([]);
    expect(calls).toHaveLength(3);
  });

  it.each([
    ['moveToCompleted', 'completed', { result: undefined, finishedOn: expect.any(Number) }],
    ['moveToFailed', 'failed', { result: undefined, finishedOn: expect.any(Number) }],
    ['moveToDelayed', 'delayed', []],
  ])(
    'counts when the answer to %s was lost and the repetition finds the job %s',
    async (method, state, result) => {
      const { run } = scripted(method, [throws(refused()), throws(bullError(-2))], state);
      await expect(run(method === 'moveToDelayed' ? '1' : { id: '1' })).resolves.toEqual(result);
    },
  );

  it('may have brought the next job with the answer that was lost, which is looked for then', async () => {
    const { run, troubles } = scripted('moveToCompleted', [throws(bullError(-3))], 'completed');
    await run({ id: '1' });
    expect(troubles()).toBe(1);
  });

  it('does not count when another has the job', async () => {
    const { run } = scripted('moveToCompleted', [throws(bullError(-6))], 'active');
    await expect(run({ id: '1' })).rejects.toMatchObject({ code: -6 });
  });
});

describe('what does not ask the store', () => {
  it('answers as it did', () => {
    const { backend } = scripted('getCounts', [() => []]);
    expect((backend as unknown as IQueueBackend).toKey('meta')).toBe('key:meta');
  });
});
