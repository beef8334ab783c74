import { lostConnectionCodes } from '../life/lost-connection.js';

/** What may happen to a statement, apart from going well. */
export type Trouble =
  /** The server cannot be reached, or went away; it may be back soon. */
  | 'away'
  /** It is there, and has no room on its disk or in its memory: the statement was undone, and can be sent again when there is. */
  | 'full'
  /** It met another transaction, was undone, and can be sent again at once. */
  | 'collided'
  /** It is wrong, or may not be done. */
  | 'refused';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html, checked 2026-11-20. */
const collisions = new Set(['40001', '40P01']);
const fullCodes = new Set([
  '53000', // insufficient_resources
  '53100', // disk_full
  '53200', // out_of_memory
]);
const awayCodes = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: starting up or shutting down
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '53300', // too_many_connections
  '25006', // read_only_sql_transaction: a standby that has not been promoted yet
]);

/** No socket file: a server on this machine that is not running. */
const noSocket = 'ENOENT';

/** node-postgres has no codes for these. */
const messages =
  /^(connection terminated|timeout expired|query read timeout|client has encountered a connection error|client was closed|connection ended|timeout exceeded when trying to connect)/i;

/** PgBouncer in statement mode; its code is that of a lost connection. */
const poolersRefusal = /not allowed in statement pooling mode/;

/** Which kind of trouble an error of node-postgres tells of. */
export function troubleOf(error: unknown): Trouble {
  const { code, message = '', errors } = error as { code?: unknown; message?: string; errors?: unknown[] };
  if (poolersRefusal.test(message)) return 'refused';
  if (typeof code === 'string') {
    if (collisions.has(code)) return 'collided';
    if (fullCodes.has(code)) return 'full';
    if (
      awayCodes.has(code) ||
      lostConnectionCodes.has(code) ||
      code === noSocket ||
      /^08[0-9A-Z]{3}$/.test(code)
    )
      return 'away';
    if (code.length === 5) return 'refused';
  }
  // A name with several addresses gives one error for each.
  if (Array.isArray(errors) && errors.length > 0 && errors.every((one) => troubleOf(one) === 'away'))
    return 'away';
  return messages.test(message) ? 'away' : 'refused';
}

/** Why, in few words and without credentials. */
export function reasonOf(error: unknown): string {
  const { code, message, errors } = error as { code?: string; message?: string; errors?: unknown[] };
  if (!message && Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0]);
  const text = (message || 'no reason given').replace(/\s+/g, ' ').trim();
  return code && !text.includes(code) ? `${text} (${code})` : text;
}
