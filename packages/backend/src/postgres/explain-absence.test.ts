import { describe, expect, it } from '@jest/globals';
import { explainAbsence } from './explain-absence.js';

const error = (message: string, code: string) => Object.assign(new Error(message), { code });

describe('a PostgreSQL that does not take our work', () => {
  it.each([
    ['53300', 'sorry, too many clients already', true, /has no connection left/, /max_connections.*\?pool=/],
    [
      '25006',
      'cannot execute INSERT in a read-only transaction',
      true,
      /cannot be written to/,
      /primary.*disk is full/,
    ],
    ['53100', 'could not extend file', true, /has no room/, /Make room on the disk/],
    ['ECONNREFUSED', 'connect ECONNREFUSED', false, /does not answer/, /Start the database/],
  ])('with %s (%s) is told with what helps', (code, message, answered, what, remedy) => {
    const told = explainAbsence(error(message, code));
    expect(told.answered).toBe(answered);
    expect(told.what).toMatch(what);
    expect(told.what).toContain(message);
    expect(told.remedy).toMatch(remedy);
  });
});
