import { type AccountId, accountId, type Priority, priorities, ValidationError } from '@fluxori/core';
import { type LogLevel, logLevels } from '../config/config.js';

/** Parsers of option values; each throws a `ValidationError` that names the option. */

export function sinceOption(text: string, now = Date.now()): Date {
  return momentOption('--since', text, now);
}

/** An ISO 8601 date or date-time, or a time span back from now such as `7d`, `12h`, `30m`. */
export function momentOption(option: string, text: string, now = Date.now()): Date {
  const span = /^(\d{1,6})([dhm])$/.exec(text);
  const date = span
    ? new Date(now - Number(span[1]) * { d: 86_400_000, h: 3_600_000, m: 60_000 }[span[2] as 'd' | 'h' | 'm'])
    : isoDate(text);
  if (date === undefined || Number.isNaN(date.getTime())) {
    throw new ValidationError(`${option} ${JSON.stringify(text)} is not a date.`, {
      field: option.replace(/^-+/, ''),
      remedy:
        'Write an ISO 8601 date such as 2026-11-01 or 2026-11-01T08:00:00Z, or a span such as 7d, 12h or 30m.',
    });
  }
  return date;
}

function isoDate(text: string): Date | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.exec(text);
  if (parts === null) return undefined;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  // JavaScript turns 31 February into 3 March; a person did not mean that.
  const calendar = new Date(Date.UTC(year, month - 1, day));
  return calendar.getUTCMonth() === month - 1 && calendar.getUTCDate() === day ? new Date(text) : undefined;
}

/** A whole number of at least `least`. */
export function wholeNumber(option: string, least = 0) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new ValidationError(
        `${option} ${JSON.stringify(text)} is not a whole number of at least ${least}.`,
        {
          field: option.replace(/^-+/, ''),
          remedy: `Write a whole number of at least ${least}.`,
        },
      );
    }
    return value;
  };
}

export function priorityOption(text: string): Priority {
  if (Object.hasOwn(priorities, text)) return text as Priority;
  throw new ValidationError(`--priority ${JSON.stringify(text)} is not a priority.`, {
    field: 'priority',
    remedy: `Use one of ${Object.keys(priorities).join(', ')}.`,
  });
}

/** @throws ValidationError listing the levels there are. */
export function logLevelOption(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (level !== undefined) return level;
  throw new ValidationError(`${JSON.stringify(text)} is not a log level.`, {
    field: 'log-level',
    remedy: `Use one of ${logLevels.join(', ')}, in --log-level, FLUXORI_LOG_LEVEL or the file.`,
  });
}

/** `--account` where what is stored is looked at: it need not be configured any more. */
export function storedAccount({ account }: { readonly account?: string }): { accountId?: AccountId } {
  return account === undefined ? {} : { accountId: accountId(account) };
}

/** Values of an option that takes several: by spaces, by commas, or both. */
export function namesIn(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** `--option name=value …` @throws ValidationError naming one that is not so. */
export function pairsOption(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    values.map((text) => {
      const at = text.indexOf('=');
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw new ValidationError(`--option ${JSON.stringify(text)} is not of the form name=value.`, {
        field: 'option',
        remedy: 'Write e.g. --option reportPeriod=WEEK.',
      });
    }),
  );
}
