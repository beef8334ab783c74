import type { Writable } from 'node:stream';
import type { Logger } from '@fluxori/core';
import pino from 'pino';

/** Core's `Logger` on pino: JSON lines on stderr, so that stdout stays a command's result. */
export function pinoLogger(level: string, destination: Writable = process.stderr): Logger {
  return adapt(
    pino({ level, base: null, redact: { paths: redactedPaths, censor: '[redacted]' } }, destination),
  );
}

/** A second fence: nothing of this should come into a log at all. */
const redactedPaths = [
  'access_token',
  'refresh_token',
  'client_secret',
  'authorization',
  'headers["x-amz-access-token"]',
  '*.access_token',
  '*.refresh_token',
  '*.client_secret',
  '*.authorization',
  '*.headers["x-amz-access-token"]',
  'shipTo',
  'buyerEmail',
  '*.shipTo',
  '*.buyerEmail',
];

function adapt(log: pino.Logger): Logger {
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    child: (fields) => adapt(log.child(fields)),
  };
}
