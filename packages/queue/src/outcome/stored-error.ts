import {
  AuthenticationError,
  CircuitOpenError,
  ConfigurationError,
  DocumentError,
  type ErrorContext,
  type FluxoriError,
  isFluxoriError,
  NetworkError,
  NotFoundError,
  RateLimitError,
  RemoteError,
  ValidationError,
} from '@fluxori/core';

/** An error as plain data: what a failed job keeps. */
export type StoredError = Readonly<Record<string, unknown>>;

/** Errors of the language itself, whose messages name variables and types, never data. */
const harmless: ReadonlySet<string> = new Set(['TypeError', 'ReferenceError', 'RangeError']);

/**
 * Our errors know what of them is safe to keep. Of any other only what cannot hold a secret or a buyer's data:
 * its name, its code, and where it was thrown.
 */
export function storeError(error: unknown): StoredError {
  if (isFluxoriError(error)) return plain(error.toJSON());
  if (!(error instanceof Error)) {
    return { name: 'Error', message: `The job threw a ${typeof error} instead of an error.` };
  }
  const { code } = error as { code?: unknown };
  const message = harmless.has(error.name)
    ? error.message
    : `The job ended with an unexpected ${error.name}. Its message is not kept, because it may hold data.`;
  return plain({
    name: error.name,
    code: typeof code === 'string' ? code : undefined,
    message,
    at: thrownAt(error),
  });
}

type Stored = Record<string, never> & { message: string; code: never };

/** How each class is made again; `as never` because the stored form was made by the class itself. */
const revivers: Readonly<Record<string, (stored: Stored, context: ErrorContext) => FluxoriError>> = {
  AuthenticationError: (s, c) => new AuthenticationError(s.message, c),
  CircuitOpenError: (s, c) =>
    new CircuitOpenError(s.message, { ...c, host: s.host!, retryAt: date(s.retryAt) }),
  ConfigurationError: (s, c) => new ConfigurationError(s.message, { ...c, problems: s.problems }),
  DocumentError: (s, c) => new DocumentError(s.message, { ...c, retryable: s.retryable }),
  NetworkError: (s, c) => new NetworkError(s.message, { ...c, host: s.host!, outcome: s.outcome! }),
  NotFoundError: (s, c) => new NotFoundError(s.message, c),
  RateLimitError: (s, c) => new RateLimitError(s.message, { ...c, retryAt: date(s.retryAt) }),
  RemoteError: (s, c) =>
    new RemoteError(s.message, {
      ...c,
      status: s.status!,
      remoteCode: s.remoteCode,
      retryable: s.retryable,
    }),
  ValidationError: (s, c) => new ValidationError(s.message, { ...c, problems: s.problems }),
};

/** The error that a job failed with, as its class. A class that a connector derived comes back as core's class below it. */
export function reviveError(stored: StoredError): Error {
  const revive = revivers[String(stored.name)] ?? revivers[classBelow(stored) ?? ''];
  const message = String(stored.message ?? 'The job failed.');
  if (revive === undefined)
    return Object.assign(new Error(message), { name: String(stored.name ?? 'Error') });
  const { at } = stored as { at?: string };
  const context = { ...stored, at: at === undefined ? undefined : new Date(at) } as unknown as ErrorContext;
  return revive({ ...stored, message } as unknown as Stored, context);
}

/** A derived class has another name, but the fields of the class that it refines. */
function classBelow(stored: StoredError): string | undefined {
  if ('status' in stored) return 'RemoteError';
  if ('host' in stored) return 'retryAt' in stored ? 'CircuitOpenError' : 'NetworkError';
  if ('retryAt' in stored) return 'RateLimitError';
  if (String(stored.code).startsWith('AUTH_')) return 'AuthenticationError';
  if ('problems' in stored) return 'ValidationError';
  return undefined;
}

function date(value: unknown): Date {
  return new Date(String(value));
}

/** The first line of the stack below the message: file and line, no data. */
function thrownAt(error: Error): string | undefined {
  const frame = error.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return frame?.trim().slice(0, 300);
}

function plain(value: Readonly<Record<string, unknown>>): StoredError {
  return JSON.parse(JSON.stringify(value)) as StoredError;
}
