import { DocumentError, type ErrorCode } from '@fluxori/core';
import { contextOf, type DocumentContext, subject } from './document-context.js';

interface Trouble {
  readonly code: ErrorCode;
  /** Continues "…: ", ends with a full stop. */
  readonly what: string;
  readonly remedy: string;
  readonly retryable?: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A DocumentError that says whose document it is about. */
export function documentError(
  about: DocumentContext,
  { what, retryable = false, details, cause, code, remedy }: Trouble,
): DocumentError {
  return new DocumentError(`${subject(about)}: ${what}`, {
    ...contextOf(about),
    code,
    remedy,
    retryable,
    ...(details !== undefined && { details }),
    ...(cause !== undefined && { cause }),
  });
}

/** The bytes that something was to be made of went away before their end, without a reason. */
export function closedEarly(about: DocumentContext, bytes: number): DocumentError {
  return documentError(about, {
    code: 'DOCUMENT_INTERRUPTED',
    what: `the document was closed after ${bytes} bytes, before its end.`,
    remedy: 'Open it again.',
    retryable: true,
    details: { bytes },
  });
}
