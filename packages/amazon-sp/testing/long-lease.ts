/**
 * A shared backend where a process that stands still for half a minute keeps what it has under way: its requests count as in flight. By default it
 * loses that after five seconds, as one that died does, and what it then sends may be one too many. Tests run on machines where all processes stand
 * still for as long.
 *
 * @param url - of a backend in Redis or PostgreSQL.
 */
export function withLongLease(url: string): string {
  const long = new URL(url);
  long.searchParams.set('lease', '30');
  return long.href;
}
