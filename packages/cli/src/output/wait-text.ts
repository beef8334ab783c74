/**
 * How long something waits, for people, e.g. `2 min 54 s (until 23:20:10 UTC)`.
 * A day is named only when it is not today's. A time that is past says that nothing but a worker is missing.
 */
export function waitText(until: Date, now = Date.now()): string {
  if (until.getTime() <= now) return turnHasCome;
  const iso = until.toISOString();
  const sameDay = iso.slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  const clock = `${sameDay ? '' : `${iso.slice(0, 10)} `}${iso.slice(11, 19)} UTC`;
  return `${spanText(until.getTime() - now)} (until ${clock})`;
}

const turnHasCome = 'no longer: its turn has come, and a worker takes it up';

/** A span of time in at most two units: `4 s`, `2 min 54 s`, `1 h 29 min`. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** Why a job is parked, without the time: that stands beside it, as it is now. */
export function parkedReason(reason: string): string {
  return reason.replace(/ until \d{4}-\d{2}-\d{2}T[\d:.]+Z\.$/, '.');
}
