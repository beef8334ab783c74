import { lostConnectionCodes } from '@fluxori/backend';
import { isErrorOf } from '@fluxori/core';

/** What `pg`, ioredis and BullMQ say when the store cannot be reached, or is just starting or stopping. */
const troubleCodes: ReadonlySet<string> = new Set([
  ...lostConnectionCodes,
  'NR_CLOSED',
  'UNCERTAIN_STATE',
  // PostgreSQL: shut down by an administrator, after a crash, starting; too many connections.
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);

const troubleWords =
  /Connection is closed|Connection terminated|connection (?:was )?closed|Client has encountered a connection error|not queryable|timeout exceeded when trying to connect|Connection ended|query read timeout|timeout expired|Stream isn't writeable|max retries per request|Socket (?:closed|timeout)|the database system is|^LOADING |^MASTERDOWN |^CLUSTERDOWN|^READONLY |^TRYAGAIN |^BUSY |^OOM |^MISCONF |^NOREPLICAS /i;

/** Whether an error says that the store is away for now: the same command may succeed when it is back. */
export function isStoreTrouble(error: unknown): boolean {
  if (isErrorOf(error, 'NetworkError')) return error.code === 'BACKEND_UNAVAILABLE';
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, errors } = error as { code?: unknown; message?: unknown; errors?: unknown };
  if (typeof code === 'string' && (troubleCodes.has(code) || code.startsWith('08'))) return true;
  if (Array.isArray(errors) && errors.some(isStoreTrouble)) return true;
  return typeof message === 'string' && troubleWords.test(message);
}
