import { classifyFailure, type FailureClass, type Phase } from './failure-table.js';

/** The parts of a system error that say something and hold no header, address with query, or body. */
const safeFields = ['code', 'errno', 'syscall', 'address', 'port', 'hostname'] as const;

/**
 * A request without an answer, inside this package; callers get a `NetworkError`.
 * `cause` is a copy of the original error: an HTTP library's own error carries the request with its token, a copy does not.
 */
export class TransportFailure extends Error {
  readonly errorCode: string | undefined;
  readonly phase: Phase;
  readonly kind: FailureClass;

  constructor(original: unknown, phase: Phase) {
    const errorCode = codeOf(original);
    const kind = classifyFailure(errorCode, phase);
    super(kind.what, { cause: bareCopy(original) });
    this.name = 'TransportFailure';
    this.errorCode = errorCode;
    this.phase = phase;
    this.kind = kind;
  }
}

/** An error of our own with a code of the table. */
export function failureOf(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

function bareCopy(original: unknown): Error {
  const source = original as Record<string, unknown> | null | undefined;
  const copy = new Error(typeof source?.message === 'string' ? source.message : 'unknown failure');
  copy.name = 'Error';
  for (const field of safeFields) {
    const value = source?.[field];
    if (typeof value === 'string' || typeof value === 'number') Object.assign(copy, { [field]: value });
  }
  copy.stack = `${copy.name}: ${copy.message}`;
  return copy;
}
