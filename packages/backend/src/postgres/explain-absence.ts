import { reasonOf, troubleOf } from './postgres-errors.js';

/** read_only_sql_transaction. */
export const readOnlyCode = '25006';

/** too_many_connections: of the server, of the database, or of the user. */
export const noConnectionLeft = '53300';

/** What a database that does not take our work means, and what to do. */
export function explainAbsence(error: unknown): {
  /** Whether it is there, and says so itself. */
  readonly answered: boolean;
  readonly what: string;
  readonly remedy: string;
} {
  const code = (error as { code?: unknown }).code;
  if (code === noConnectionLeft) {
    return {
      answered: true,
      what: `has no connection left: ${reasonOf(error)}`,
      remedy:
        'Raise max_connections (or the limit of the user or the database), or take fewer: each process takes as many as ?pool= in its URL says, and one more.',
    };
  }
  if (code === readOnlyCode) {
    return {
      answered: true,
      what: `cannot be written to: ${reasonOf(error)}`,
      remedy:
        'Name the primary in the URL, or let it be written to again: many hosts stop writes when the disk is full. Work goes on by itself then.',
    };
  }
  if (troubleOf(error) === 'full') {
    return {
      answered: true,
      what: `has no room: ${reasonOf(error)}`,
      remedy: 'Make room on the disk of the database (or in its memory); work goes on by itself then.',
    };
  }
  return {
    answered: false,
    what: `does not answer: ${reasonOf(error)}`,
    remedy: 'Start the database, or check the network to it; work goes on by itself when it is back.',
  };
}
