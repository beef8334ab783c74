import { NetworkError, ValidationError } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { isStoreTrouble } from './store-trouble.js';

const withCode = (code: string, message = 'It failed.') => Object.assign(new Error(message), { code });

describe('trouble with the store', () => {
  it.each([
    ['a refused connection', withCode('ECONNREFUSED')],
    ['a connection that was cut', withCode('ECONNRESET')],
    ['PostgreSQL being shut down', withCode('57P01', 'terminating connection due to administrator command')],
    ['PostgreSQL that starts', withCode('57P03', 'the database system is starting up')],
    ['a connection exception of SQL', withCode('08006')],
    ['pg without a connection', new Error('Connection terminated unexpectedly')],
    ['pg whose connection has gone silent', new Error('Query read timeout')],
    ['ioredis without a connection', new Error('Connection is closed.')],
    ['Redis that loads its data', new Error('LOADING Redis is loading the dataset in memory')],
    ['Redis without memory', new Error("OOM command not allowed when used memory > 'maxmemory'.")],
    ['Redis without a disk', new Error('MISCONF Errors writing to the AOF file: No space left on device')],
    [
      'a connection of ioredis that was silent for too long',
      new Error("Socket timeout. Expecting data, but didn't receive any in 20000ms."),
    ],
    ['all addresses of a host refused', new AggregateError([withCode('ECONNREFUSED')], '')],
    [
      'the backend that has waited long enough',
      new NetworkError('away', { code: 'BACKEND_UNAVAILABLE', host: 'db:5432', outcome: 'unknown' }),
    ],
  ])('is %s', (_what, error) => {
    expect(isStoreTrouble(error)).toBe(true);
  });

  it.each([
    [
      'a job that is not there',
      Object.assign(new Error('Missing lock for job 1. moveToFinished'), { code: -2 }),
    ],
    ['a faulty statement', withCode('42P01', 'relation "job" does not exist')],
    ['a remote host that is away', new NetworkError('away', { host: 'amazon:443', outcome: 'not-sent' })],
    ['an error of ours', new ValidationError('Wrong.')],
    ['nothing', undefined],
  ])('is not %s', (_what, error) => {
    expect(isStoreTrouble(error)).toBe(false);
  });
});
