import { isAbort, isErrorOf } from '@fluxori/core';

/** What the process ends with, so that a script can branch on the kind of remedy. */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  configuration: 3,
  authentication: 4,
  notFound: 5,
  rateLimited: 6,
  network: 7,
  remote: 8,
  document: 9,
  /** Ended by Ctrl-C or a signal. */
  interrupted: 130,
} as const;

export type ExitKind = keyof typeof exitCodes;

const byErrorName = [
  ['ConfigurationError', 'configuration'],
  ['ValidationError', 'usage'],
  ['AuthenticationError', 'authentication'],
  ['NotFoundError', 'notFound'],
  ['RateLimitError', 'rateLimited'],
  ['NetworkError', 'network'],
  ['CircuitOpenError', 'network'],
  ['RemoteError', 'remote'],
  ['DocumentError', 'document'],
] as const satisfies readonly (readonly [Parameters<typeof isErrorOf>[1], ExitKind])[];

/** The kind of remedy that an error asks for. */
export function exitKindOf(error: unknown): ExitKind {
  for (const [name, kind] of byErrorName) if (isErrorOf(error, name)) return kind;
  return isAbort(error) ? 'interrupted' : 'unexpected';
}
