import { describe, expect, it } from '@jest/globals';
import { reasonOf, troubleOf } from './postgres-errors.js';

const error = (message: string, code?: string) => Object.assign(new Error(message), code && { code });

describe('an error of node-postgres', () => {
  it.each([
    ['57P01', 'terminating connection due to administrator command'],
    ['57P02', 'terminating connection because of crash of another server process'],
    ['57P03', 'the database system is starting up'],
    ['53300', 'sorry, too many clients already'],
    ['25006', 'cannot execute UPDATE in a read-only transaction'],
    ['08006', 'connection failure'],
    ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432'],
    ['ECONNRESET', 'read ECONNRESET'],
    ['EPIPE', 'write EPIPE'],
    ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN db'],
    [undefined, 'Connection terminated unexpectedly'],
    [undefined, 'Connection terminated due to connection timeout'],
    [undefined, 'timeout expired'],
    [undefined, 'Query read timeout'],
    [undefined, 'Client has encountered a connection error and is not queryable'],
  ])('%s (%s) tells that the server is away', (code, message) => {
    expect(troubleOf(error(message, code))).toBe('away');
  });

  it('for each address of a name tells it too', () => {
    const both = new AggregateError([error('a', 'ECONNREFUSED'), error('b', 'ECONNREFUSED')]);
    expect(troubleOf(both)).toBe('away');
    expect(reasonOf(both)).toBe('a (ECONNREFUSED)');
    expect(troubleOf(new AggregateError([error('a', 'ECONNREFUSED'), error('b', 'EACCES')]))).toBe('refused');
  });

  it.each(['40001', '40P01'])('%s tells that it may be sent again at once', (code) => {
    expect(troubleOf(error('could not serialize access', code))).toBe('collided');
  });

  it.each(['53100', '53200'])('%s tells that it has no room', (code) => {
    expect(troubleOf(error('could not extend file: No space left on device', code))).toBe('full');
  });

  it.each([
    ['23505', 'duplicate key value violates unique constraint'],
    ['28P01', 'password authentication failed'],
    ['BM001', 'Missing lock'],
    ['57014', 'canceling statement due to statement timeout'],
    ['08P01', 'transaction blocks not allowed in statement pooling mode'],
    [undefined, 'anything else'],
  ])('%s (%s) is not waited for', (code, message) => {
    expect(troubleOf(error(message, code))).toBe('refused');
  });
});
