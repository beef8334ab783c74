import { accountId } from '@fluxori/core';
import { expect, it } from '@jest/globals';
import { JobRun } from './job-run.js';

const run = () => new JobRun('job-1', accountId('acme-za'), 'token', 'normal', 0);

it.each(['paused', 'closing'] as const)(
  'a run that is %s and then cancelled ends as cancelled, and is not given back to go on',
  (cause) => {
    const leaving = run();
    expect(leaving.stop(cause)).toBe(true);
    expect(leaving.stop('cancelled')).toBe(true);
    expect(leaving.stop(cause)).toBe(false);
    expect(leaving.settle()).toBe('cancelled');
  },
);

it('a run whose job was lost is ended for nothing else', () => {
  const lost = run();
  lost.stop('cancelled');
  expect(lost.stop('lost')).toBe(true);
  expect(lost.stop('cancelled')).toBe(false);
  expect(lost.settle()).toBe('lost');
});

it('a run that has left its handler is not ended for anything any more', () => {
  const left = run();
  expect(left.settle()).toBeUndefined();
  expect(left.stop('cancelled')).toBe(false);
  expect(left.settle()).toBeUndefined();
  expect(left.signal.aborted).toBe(false);
});
