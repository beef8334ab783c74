const dayMs = 86_400_000;
/** Days that are remembered; a report rarely has more of them. */
const mostDays = 4_000;

/** Dates as `toISOString` gives them, many times faster where days come again and seconds are whole. */
export function instantTexts(): (instant: Date) => string {
  const days = new Map<number, string>();
  // Made when the first one comes: many files have none.
  let times: { readonly minutes: readonly string[]; readonly seconds: readonly string[] } | undefined;
  return (instant) => {
    const ms = instant.getTime();
    const day = Math.floor(ms / dayMs);
    const second = (ms - day * dayMs) / 1000;
    if (!Number.isInteger(second)) return instant.toISOString();
    let dayText = days.get(day);
    if (dayText === undefined) {
      if (days.size === mostDays) days.clear();
      dayText = instant.toISOString().slice(0, -'00:00:00.000Z'.length);
      days.set(day, dayText);
    }
    times ??= timesOfDay();
    const minute = Math.floor(second / 60);
    return dayText + times.minutes[minute] + times.seconds[second - minute * 60];
  };
}

function timesOfDay() {
  const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
  return {
    minutes: Array.from({ length: 24 * 60 }, (_, at) => `${two[Math.floor(at / 60)]}:${two[at % 60]}:`),
    seconds: two.map((second) => `${second}.000Z`),
  };
}
