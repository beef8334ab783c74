import { readOnlyCode } from './explain-absence.js';

/** What a session is asked before it is trusted with writes; hosts make a database read-only when its disk is full, too. */
export const writableColumns = `pg_is_in_recovery() as standby, current_setting('transaction_read_only')::boolean as "readOnly"`;

/** @throws an error with PostgreSQL's code for what cannot be written to. */
export function checkWritable({ standby, readOnly }: { standby: boolean; readOnly: boolean }): void {
  if (!standby && !readOnly) return;
  const what = standby
    ? 'it is a standby, which cannot be written to'
    : 'it lets nobody write (default_transaction_read_only is on)';
  throw Object.assign(new Error(what), { code: readOnlyCode });
}
