const form = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+-])(\d\d):?(\d\d)?))?$/i;

/**
 * The moment that an ISO 8601 text names, in milliseconds since 1970: a day (its beginning in UTC), or a day and a time with an offset.
 * Read by hand, since `Date.parse` takes neither `-07` nor only days that exist.
 *
 * @returns undefined for everything else.
 */
export function momentOf(text: string): number | undefined {
  const found = form.exec(text);
  if (found === null) return undefined;
  const number = (group: number) => Number(found[group] ?? 0);
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [offsetHours, offsetMinutes] = [number(9), number(10)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return undefined;
  const midnight = new Date(Date.UTC(year, month - 1, day));
  // A day that the month does not have would roll over into the next one.
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const fraction = Math.floor(Number(`0.${found[7] ?? 0}`) * 1_000);
  const offset = (found[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes);
  return midnight.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1_000 + fraction;
}
