import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { awayError, isAway, misconfiguration, reasonOf, unexpectedAnswer } from './redis-failure.js';

/** As ioredis makes them. */
function replyError(message: string, args: readonly string[] = []): Error {
  return Object.assign(new Error(message), { name: 'ReplyError', command: { name: 'evalsha', args } });
}

describe('a failure of Redis', () => {
  it('passes when Redis is loading, failing over, full, or cannot be reached, and no other does', () => {
    for (const message of [
      'LOADING Redis is loading the dataset in memory',
      "READONLY You can't write against a read only replica.",
      'MASTERDOWN Link with MASTER is down',
      'CLUSTERDOWN The cluster is down',
      'OOM command not allowed',
      'MISCONF Redis is configured to save RDB snapshots',
      'BUSY Redis is busy running a script',
    ]) {
      expect(isAway(replyError(message))).toBe(true);
    }
    expect(isAway(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe(true);
    expect(isAway(replyError('WRONGTYPE Operation against a key holding the wrong kind of value'))).toBe(
      false,
    );
    expect(isAway(replyError('NOPERM this user has no permissions'))).toBe(false);
    expect(isAway(new TypeError('x is not a function'))).toBe(false);
  });

  it('never carries what was sent, neither in its text nor in its cause', () => {
    const secret = 'geheim';
    const failures = [
      misconfiguration(replyError('WRONGPASS invalid username-password pair', [secret]), 'a:1'),
      unexpectedAnswer(
        'a:1',
        replyError(`ERR unknown command 'AUTH', with args beginning with: '${secret}'`),
      ),
      unexpectedAnswer('a:1', replyError('WRONGTYPE Operation', [secret])),
      awayError('a:1', replyError('LOADING Redis is loading', [secret]), 30_000),
    ];
    for (const failure of failures) {
      expect(failure).toBeDefined();
      expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain(secret);
    }
  });

  it('is told in words', () => {
    const coded = (code: string) => Object.assign(new Error('connect'), { code });
    expect(reasonOf(coded('ECONNREFUSED'))).toBe('nothing listens there (ECONNREFUSED)');
    expect(reasonOf(coded('ENOTFOUND'))).toBe('the name of the host is not known (ENOTFOUND)');
    const general = Object.assign(new Error('Failed to refresh slots cache.'), {
      lastNodeError: new Error('Connection is closed.'),
    });
    expect(reasonOf(general)).toBe('the connection was lost');
    expect(awayError('a:1', coded('ECONNREFUSED'), 30_000).message).toBe(
      'Redis at a:1 is away, and was not back within 30 s: nothing listens there (ECONNREFUSED).',
    );
  });
});
