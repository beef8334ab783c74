import type { Writable } from 'node:stream';
import type { Logger, LogLevel, Tracing } from '@fluxori/core';
import pino from 'pino';
import { traceIds } from '../tracing/traceparent.js';
import { cleanFields, cleanText } from './clean-fields.js';

export interface PinoLoggerOptions {
  /** Adds `traceId` and `spanId` to each line that is written inside a span. */
  readonly tracing?: Pick<Tracing, 'current'>;
}

/**
 * Core's `Logger` on pino: JSON lines on stderr, so that stdout stays a command's result. Each line passes `cleanFields`: secrets, buyers'
 * data and credentials in URLs are hidden, a second fence behind the rule that nothing of this comes into a log at all.
 *
 * @param level - lines below it are not written: `debug`, `info`, `warn`, `error` or `silent`.
 */
export function pinoLogger(
  level: LogLevel | 'silent',
  destination: Writable = process.stderr,
  options: PinoLoggerOptions = {},
): Logger {
  const { tracing } = options;
  return adapt(
    pino({ level, base: null, ...(tracing && { mixin: () => traceIds(tracing.current()) }) }, destination),
  );
}

function adapt(log: pino.Logger): Logger {
  const write = (level: LogLevel) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    // What is not written needs no cleaning.
    if (log.isLevelEnabled(level)) log[level](cleanFields(fields), cleanText(message));
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => adapt(log.child(cleanFields(fields))),
    enabled: (level) => log.isLevelEnabled(level),
  };
}
