import { type Priority, ValidationError } from '@fluxori/core';

/** When a schedule starts its job: every so many milliseconds, or at the times of a cron expression. */
export interface ScheduleOptions {
  /** The kind of job, e.g. `orders.import`. */
  readonly job: string;
  readonly accountId: string;
  /** Checked when the schedule is put in, not only when it comes due. */
  readonly payload: unknown;
  /** From 1,000. The first run is at once. */
  readonly everyMs?: number;
  /** Five fields (minute hour day month weekday), or six with seconds in front, e.g. `0 6 * * *`. */
  readonly cron?: string;
  /** Whose hours the cron expression means, e.g. `Africa/Johannesburg`; UTC by default. */
  readonly timeZone?: string;
  /** The job kind's own by default. */
  readonly priority?: Priority;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const shortestMs = 1_000;
const longestMs = 366 * 86_400_000;

/** @throws ValidationError naming the field. */
export function checkSchedule(name: string, { everyMs, cron, timeZone }: ScheduleOptions): void {
  if (!namePattern.test(name)) {
    throw wrong(
      name,
      'name',
      'has no usable name',
      'Use up to 100 letters, digits, dots, dashes and underscores.',
    );
  }
  if ((everyMs === undefined) === (cron === undefined)) {
    throw wrong(
      name,
      'cron',
      'needs either an interval or a cron expression',
      'Give one of everyMs and cron.',
    );
  }
  if (everyMs !== undefined && !(everyMs >= shortestMs && everyMs <= longestMs)) {
    throw wrong(name, 'everyMs', `cannot come every ${everyMs} ms`, 'Give from 1,000 ms up to a year.');
  }
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw wrong(
      name,
      'timeZone',
      `names no time zone: ${JSON.stringify(timeZone)}`,
      'Use a name of the IANA database, e.g. Africa/Johannesburg or UTC.',
    );
  }
}

/** What BullMQ makes of an expression that it cannot read, or that never comes. */
export function wrongCron(name: string, cron: string, cause?: unknown): ValidationError {
  const why = cause instanceof Error ? ` (${cause.message})` : ', or none of its times lies in the future';
  return wrong(
    name,
    'cron',
    `has no cron expression that can be used: ${JSON.stringify(cron)}${why}`,
    'Use minute hour day month weekday, e.g. "0 6 * * *" for six every morning.',
  );
}

function wrong(name: string, field: string, what: string, remedy: string): ValidationError {
  return new ValidationError(`The schedule ${JSON.stringify(name)} ${what}. ${remedy}`, { field, remedy });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
