import type { Refuse, ReportSpec } from './report-spec.js';
import type { ReportTypeFacts } from './types/report-type.js';

const dayMs = 86_400_000;
/** Amazon's clock and ours may differ; "now" by ours is not yet the future. */
const skewMs = 300_000;

/** The span of a report, as Amazon takes it. A day without a time (`2026-01-31`) is midnight UTC. */
export function checkDates(
  spec: Pick<ReportSpec, 'from' | 'to' | 'options'>,
  facts: ReportTypeFacts | undefined,
  nowMs: number,
  refuse: Refuse,
): { from?: string; to?: string } {
  const from = instantOf(spec.from, 'from', refuse);
  const to = instantOf(spec.to, 'to', refuse);
  if (from !== undefined && to !== undefined && from > to) {
    refuse('from', 'is after `to`', 'Pass the beginning of the span in `from` and its end in `to`.');
  }
  if (facts !== undefined) {
    if (facts.dates === 'required' && from === undefined) {
      refuse('from', 'is needed: this type covers a span of time', 'Pass `from`, and `to` unless it is now.');
    }
    if (from !== undefined && from.getTime() > nowMs + skewMs) {
      refuse('from', 'is in the future', 'Pass a time that has been.');
    }
    checkLength(facts, from, to ?? new Date(nowMs), nowMs, refuse);
    checkPeriod(facts, spec.options ?? {}, from, to, refuse);
  }
  return {
    ...(from !== undefined && { from: from.toISOString() }),
    ...(to !== undefined && { to: to.toISOString() }),
  };
}

function instantOf(value: Date | string | undefined, field: string, refuse: Refuse): Date | undefined {
  if (value === undefined) return undefined;
  const date = typeof value === 'string' ? new Date(value) : value;
  const hasZone = typeof value !== 'string' || /^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:?\d\d))?$/.test(value);
  if (!Number.isNaN(date.getTime()) && hasZone) return date;
  return refuse(field, 'is no date', 'Pass a Date, or ISO 8601 with an offset, e.g. 2026-01-31T08:00:00Z.');
}

function checkLength(
  { maxDays, oldestDays }: ReportTypeFacts,
  from: Date | undefined,
  to: Date,
  nowMs: number,
  refuse: Refuse,
): void {
  if (from === undefined) return;
  const days = (to.getTime() - from.getTime()) / dayMs;
  if (maxDays !== undefined && days > maxDays + 1) {
    refuse(
      'from',
      `the span of ${Math.ceil(days)} days is too long, Amazon makes ${maxDays} at most`,
      `Ask for several reports of at most ${maxDays} days each.`,
    );
  }
  if (oldestDays !== undefined && nowMs - from.getTime() > (oldestDays + 1) * dayMs) {
    refuse(
      'from',
      `is too long ago, this type goes back ${oldestDays} days`,
      `Begin at ${new Date(nowMs - oldestDays * dayMs).toISOString().slice(0, 10)} or later.`,
    );
  }
}

/** What ends a period, by the value of the type's period option. Weeks go from Sunday to Saturday. */
const beginnings: Readonly<Record<string, { begins(day: Date): boolean; like: string }>> = {
  WEEK: { begins: (day) => day.getUTCDay() === 0, like: 'a Sunday' },
  MONTH: { begins: (day) => day.getUTCDate() === 1, like: 'the first of a month' },
  QUARTER: {
    begins: (day) => day.getUTCDate() === 1 && day.getUTCMonth() % 3 === 0,
    like: 'the first of January, April, July or October',
  },
  YEAR: { begins: (day) => day.getUTCDate() === 1 && day.getUTCMonth() === 0, like: 'the first of January' },
};

/** Amazon ends a report whose span does not begin and end with its periods as FATAL. */
function checkPeriod(
  { periodOption }: ReportTypeFacts,
  options: Readonly<Record<string, string>>,
  from: Date | undefined,
  to: Date | undefined,
  refuse: Refuse,
): void {
  const period = periodOption === undefined ? undefined : options[periodOption];
  const rule = period === undefined ? undefined : beginnings[period];
  if (rule === undefined || from === undefined) return;
  if (to === undefined) {
    refuse('to', `is needed with ${periodOption} ${period}`, `Pass the last day of a ${period}.`);
  }
  if (!rule.begins(from)) {
    refuse('from', `is not the first day of a ${period}`, `Begin on ${rule.like} (UTC).`);
  }
  if (to !== undefined && !rule.begins(new Date(to.getTime() + dayMs))) {
    refuse('to', `is not the last day of a ${period}`, `End on the day before ${rule.like} (UTC).`);
  }
}
