import { type ErrorCode, isAbort, isErrorOf } from '@fluxori/core';

type ErrorName = Parameters<typeof isErrorOf>[1];

interface Exit {
  readonly code: number;
  /** For people: `fluxori --help` prints it, and the README has the same table. */
  readonly means: string;
  /** Errors that end so, by class. */
  readonly errors?: readonly ErrorName[];
}

/** What the process ends with, in every command, so that a script can branch on the kind of remedy. */
export const exitTable = {
  ok: { code: 0, means: 'done' },
  unexpected: { code: 1, means: 'unexpected: a defect of ours' },
  usage: { code: 2, means: 'wrong usage or input; nothing was done', errors: ['ValidationError'] },
  configuration: {
    code: 3,
    means: 'the configuration is wrong, or another program has the data',
    errors: ['ConfigurationError'],
  },
  authentication: { code: 4, means: 'Amazon does not let us in', errors: ['AuthenticationError'] },
  notFound: {
    code: 5,
    means: 'nothing has the name or id that was given',
    errors: ['NotFoundError'],
  },
  rateLimited: { code: 6, means: 'a limit has no token left', errors: ['RateLimitError'] },
  network: {
    code: 7,
    means: 'network or store out of reach, or a part is down (`health`)',
    errors: ['NetworkError', 'CircuitOpenError'],
  },
  remote: { code: 8, means: 'Amazon failed, or refused the request', errors: ['RemoteError'] },
  document: { code: 9, means: 'a document could not be made, moved or read', errors: ['DocumentError'] },
  partly: { code: 10, means: 'done in part: some of it was refused or failed, and is named' },
  refused: { code: 11, means: 'carried out, and all of it was refused or failed' },
  interrupted: { code: 130, means: 'interrupted; what is not done stays in the queue' },
} as const satisfies Readonly<Record<string, Exit>>;

export type ExitKind = keyof typeof exitTable;

const exits = Object.entries(exitTable) as readonly [ExitKind, Exit][];

export const exitCodes = Object.fromEntries(exits.map(([kind, { code }]) => [kind, code])) as Readonly<
  Record<ExitKind, number>
>;

/** An input is wrong because nothing has the name in it: that is "not found", whoever noticed it. */
const unknownNames: ReadonlySet<ErrorCode> = new Set(['JOB_UNKNOWN', 'MARKETPLACE_UNKNOWN', 'TYPE_UNKNOWN']);

/** The kind of remedy that an error asks for. */
export function exitKindOf(error: unknown): ExitKind {
  for (const [kind, { errors = [] }] of exits)
    for (const name of errors)
      if (isErrorOf(error, name)) return unknownNames.has(error.code) ? 'notFound' : kind;
  return isAbort(error) ? 'interrupted' : 'unexpected';
}

/** How work ends that consists of many things. */
export function exitKindOfMany({ done, refused }: { done: number; refused: number }): ExitKind {
  if (refused === 0) return 'ok';
  return done === 0 ? 'refused' : 'partly';
}
