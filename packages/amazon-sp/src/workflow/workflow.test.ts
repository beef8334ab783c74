import {
  isErrorOf,
  ManualClock,
  NetworkError,
  RateLimitError,
  RemoteError,
  ValidationError,
} from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { attempt } from './attempt.js';
import type { Journal } from './journal.js';
import { directTerms, type Terms } from './terms.js';
import { runWorkflow, stepNames, type Workflow } from './workflow.js';

type State =
  | { readonly step: 'intend' }
  | { readonly step: 'do'; readonly since: number }
  | { readonly step: 'look' }
  | { readonly step: 'end'; readonly id: string };

class Memory implements Journal<State> {
  readonly saved: State[] = [];
  state: State | undefined;
  constructor(state?: State) {
    this.state = state;
  }
  async save(state: State): Promise<void> {
    this.saved.push(state);
    this.state = state;
  }
}

const terms: Terms = directTerms({});

/** Does something once; what it does is given by the test. */
function workflow(act: () => Promise<string>): Workflow<State> {
  return {
    name: 'test.once',
    begin: () => ({ step: 'intend' }),
    steps: {
      intend: async () => ({ step: 'do', since: 1 }),
      do: async (_, { resumed, back }) => {
        if (resumed) return { step: 'look' };
        const tried = await attempt(act);
        if (tried.outcome === 'not-done') return back({ step: 'intend' }, tried.error);
        return tried.outcome === 'done' ? { step: 'end', id: tried.answer } : { step: 'look' };
      },
      look: async () => ({ step: 'end', id: 'found' }),
    },
  };
}

describe('a workflow', () => {
  it('records what it intends before it does it, and what came of it', async () => {
    const journal = new Memory();
    const seen: number[] = [];
    const end = await runWorkflow(
      workflow(async () => {
        seen.push(journal.saved.length);
        return 'made';
      }),
      { journal, terms },
    );
    expect(end).toEqual({ step: 'end', id: 'made' });
    expect(seen).toEqual([1]);
    expect(journal.saved.map(({ step }) => step)).toEqual(['do', 'end']);
  });

  it('that died after it intended looks first, and does nothing', async () => {
    let done = 0;
    const act = async () => `made ${++done}`;
    const end = await runWorkflow(workflow(act), { journal: new Memory({ step: 'do', since: 1 }), terms });
    expect(end.id).toBe('found');
    expect(done).toBe(0);
  });

  it('goes on at the step that was recorded, and at its end does nothing', async () => {
    const journal = new Memory({ step: 'end', id: 'before' });
    expect(
      (
        await runWorkflow(
          workflow(async () => 'again'),
          { journal, terms },
        )
      ).id,
    ).toBe('before');
    expect(journal.saved).toEqual([]);
  });

  it('looks in the same run when the answer was lost', async () => {
    const journal = new Memory();
    const lost = new NetworkError('lost', { host: 'a:443', outcome: 'unknown' });
    const end = await runWorkflow(
      workflow(() => Promise.reject(lost)),
      { journal, terms },
    );
    expect(end.id).toBe('found');
    expect(journal.saved.map(({ step }) => step)).toEqual(['do', 'look', 'end']);
  });

  it('goes back to before its intent when the call was refused, so that the next run does not look', async () => {
    const journal = new Memory();
    const refused = new RateLimitError('no token', { retryAt: new Date(5) });
    await expect(
      runWorkflow(
        workflow(() => Promise.reject(refused)),
        { journal, terms },
      ),
    ).rejects.toBe(refused);
    expect(journal.saved.map(({ step }) => step)).toEqual(['do', 'intend']);
    expect(
      (
        await runWorkflow(
          workflow(async () => 'later'),
          { journal, terms },
        )
      ).id,
    ).toBe('later');
  });

  it('leaves its record alone when it was stopped in the midst of the call', async () => {
    const journal = new Memory();
    const stop = new DOMException('stop', 'AbortError');
    await expect(
      runWorkflow(
        workflow(() => Promise.reject(stop)),
        { journal, terms },
      ),
    ).rejects.toBe(stop);
    expect(journal.state).toEqual({ step: 'do', since: 1 });
  });

  it('that another release left at a step of its own says so', async () => {
    const journal = new Memory({ step: 'constructor' } as unknown as State);
    const error = await runWorkflow(
      workflow(async () => 'x'),
      { journal, terms },
    ).catch((caught) => caught);
    expect(isErrorOf(error, 'ValidationError') && error.code).toBe('JOB_STATE');
    expect(error.message).toContain('constructor');
  });

  it('names its steps for tests that stop it at each', () => {
    expect(stepNames(workflow(async () => 'x'))).toEqual(['intend', 'do', 'look', 'end']);
  });
});

describe('attempt', () => {
  it.each([
    ['a lost answer', new NetworkError('x', { host: 'h', outcome: 'unknown' }), 'unknown'],
    ['a failure at Amazon', new RemoteError('x', { status: 503 }), 'unknown'],
    ['an answer that cannot be read', new RemoteError('x', { status: 200 }), 'unknown'],
    ['a request that never left', new NetworkError('x', { host: 'h', outcome: 'not-sent' }), 'not-done'],
    ['a limit', new RateLimitError('x', { retryAt: new Date() }), 'not-done'],
    ['a refusal', new RemoteError('x', { status: 409 }), 'not-done'],
    ['wrong input', new ValidationError('x'), 'not-done'],
    [
      'a lost token, before the call',
      new NetworkError('x', { host: 'h', outcome: 'unknown', operation: 'lwa.token' }),
      'not-done',
    ],
    [
      'a token that Amazon failed to give',
      new RemoteError('x', { status: 500, operation: 'tokens.createRestrictedDataToken' }),
      'not-done',
    ],
  ])('takes %s for what it is', async (_, error, outcome) => {
    expect(await attempt(() => Promise.reject(error))).toEqual({ outcome, error });
  });

  it('lets through what says nothing about the call', async () => {
    await expect(attempt(() => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug');
  });
});

describe('direct terms', () => {
  const lost = () => new NetworkError('lost', { host: 'h', outcome: 'unknown' });
  const unreachable = () => new NetworkError('away', { host: 'h', outcome: 'not-sent' });

  /** Fails so often, then answers. */
  function failing(times: number, error: () => Error) {
    let calls = 0;
    const work = async () => {
      if (++calls <= times) throw error();
      return calls;
    };
    return { work, calls: () => calls };
  }

  it('ride out an outage: what never left is tried again', async () => {
    const clock = new ManualClock();
    const { work } = failing(3, unreachable);
    const answer = directTerms({ clock }).call(work);
    await clock.advance(7_000);
    expect(await answer).toBe(4);
  });

  it('repeat a lost call only where that does no harm', async () => {
    const clock = new ManualClock();
    const once = failing(1, lost);
    await expect(directTerms({ clock }).call(once.work)).rejects.toMatchObject({ outcome: 'unknown' });
    expect(once.calls()).toBe(1);
    const again = directTerms({ clock }).call(failing(1, lost).work, { repeatable: true });
    await clock.advance(1_000);
    expect(await again).toBe(2);
  });

  it('give up when their patience is over', async () => {
    const clock = new ManualClock();
    const { work, calls } = failing(Number.POSITIVE_INFINITY, unreachable);
    const failed = directTerms({ clock, patienceMs: 10_000 })
      .call(work)
      .catch((error: unknown) => error);
    await clock.advance(10_000);
    expect(await failed).toMatchObject({ outcome: 'not-sent' });
    expect(calls()).toBe(4);
  });

  it('end a wait at once when they are told to stop', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const waiting = directTerms({ clock, signal: stop.signal }).wait({
      until: new Date(clock.now() + 60_000),
      reason: 'the report',
    });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(clock.sleeping).toBe(0);
  });
});
