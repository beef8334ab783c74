import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Ending, endSoon } from './end-soon.js';

const never = () => new Promise<never>(() => {});
const reason = new DOMException('Ended by SIGTERM.', 'AbortError');

function rig(status: 'up' | 'down' | 'silent') {
  const controller = new AbortController();
  const told = { closed: 0 };
  const app = {
    backend: { health: async () => (status === 'silent' ? never() : { status }) },
    close: async () => {
      told.closed++;
    },
  } satisfies Ending;
  return { app, told, signal: controller.signal, stop: () => controller.abort(reason) };
}

/** The longest that it takes to end while the store is away: it unwinds, asks the store, and closes. */
const longestMs = 1_500;

/** How it stands after so long, by a clock that waits for nobody. */
async function after(ms: number, ended: Promise<unknown>): Promise<unknown> {
  let state: unknown = 'waits';
  ended.then(
    (value) => {
      state = value ?? 'ended';
    },
    (error: unknown) => {
      state = error;
    },
  );
  await jest.advanceTimersByTimeAsync(ms);
  return state;
}

describe('a command that is told to end', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('does not wait for a store that does not open, and closes it when it opens after all', async () => {
    const { app, told, signal, stop } = rig('down');
    const opening = Promise.withResolvers<Ending>();
    const ended = endSoon(opening.promise, never, signal);
    stop();
    await expect(ended).rejects.toBe(reason);
    opening.resolve(app);
    await opening.promise;
    expect(told.closed).toBe(1);
  });

  it.each(['down', 'silent'] as const)('leaves work that waits for a store that is %s', async (status) => {
    const { app, told, signal, stop } = rig(status);
    const ended = endSoon(Promise.resolve(app), never, signal);
    stop();
    expect(await after(longestMs, ended)).toBe(reason);
    expect(told.closed).toBe(1);
  });

  it('does not wait for the closing while the store is away', async () => {
    const { app, signal, stop } = rig('down');
    const ended = endSoon(Promise.resolve({ ...app, close: never }), never, signal);
    stop();
    expect(await after(longestMs, ended)).toBe(reason);
  });

  it('lets the work and the closing end while the store is there', async () => {
    const { app, told, signal, stop } = rig('up');
    const work = Promise.withResolvers<string>();
    const ended = endSoon(Promise.resolve(app), () => work.promise, signal);
    stop();
    expect(await after(10 * longestMs, ended)).toBe('waits');
    expect(told.closed).toBe(0);
    work.resolve('done');
    await expect(ended).resolves.toBe('done');
    expect(told.closed).toBe(1);
  });

  it('closes in its own time what came to its end while the store is away, as a worker does', async () => {
    const { app, signal, stop } = rig('down');
    const closing = Promise.withResolvers<void>();
    const ended = endSoon(
      Promise.resolve({ ...app, close: () => closing.promise }),
      async () => stop(),
      signal,
    );
    expect(await after(10 * longestMs, ended)).toBe('waits');
    closing.resolve();
    await expect(ended).resolves.toBeUndefined();
  });

  it('is no different when nobody tells it', async () => {
    const { app, told, signal } = rig('down');
    await expect(endSoon(Promise.resolve(app), async () => 'done', signal)).resolves.toBe('done');
    await expect(endSoon(Promise.reject(new Error('no such host')), never, signal)).rejects.toThrow(
      'no such host',
    );
    expect(told.closed).toBe(1);
  });
});
