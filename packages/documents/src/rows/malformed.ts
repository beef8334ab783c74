import type { DocumentError } from '@fluxori/core';
import type { DocumentContext } from '../errors/document-context.js';
import { documentError } from '../errors/document-errors.js';

interface Fault {
  readonly line?: number;
  /** Continues `line 12 `, e.g. `has 9 cells where the header has 10`. Never a cell's content, which can be a buyer's. */
  readonly what: string;
  readonly remedy: string;
  /** `DOCUMENT_MALFORMED` by default. */
  readonly code?: 'DOCUMENT_TRUNCATED' | 'DOCUMENT_CHARSET_WRONG' | 'DOCUMENT_TOO_LARGE';
  readonly details?: Readonly<Record<string, unknown>>;
}

export function malformed(
  about: DocumentContext,
  { line, what, remedy, code, details }: Fault,
): DocumentError {
  return documentError(about, {
    code: code ?? 'DOCUMENT_MALFORMED',
    what: `${line === undefined ? '' : `line ${line} `}${what}.`,
    remedy,
    details: { ...(line !== undefined && { line }), ...details },
  });
}

export function rowTooLarge(about: DocumentContext, maxRowBytes: number, line?: number): DocumentError {
  return malformed(about, {
    ...(line !== undefined && { line }),
    what: `${line === undefined ? 'a row ' : ''}is larger than ${Math.round(maxRowBytes / 2 ** 20)} MiB`,
    code: 'DOCUMENT_TOO_LARGE',
    remedy:
      'Is the format right, its quotes and its path above all? If the row really is that large, raise `maxRowBytes`.',
  });
}

/** How a text looks without what it says: `12,5 kg` is `99,9 aa`. For messages about texts that may be a buyer's. */
export function shapeOf(text: string): string {
  const shape = text
    .slice(0, 24)
    .replaceAll(/\p{L}/gu, 'a')
    .replaceAll(/\p{N}/gu, '9')
    .replaceAll(/\p{C}/gu, '?');
  return text.length > 24 ? `${shape}…` : shape;
}
