import { ValidationError } from '@fluxori/core';

/**
 * Amazon takes a page token only together with the parameters of the call that gave it. So a cursor of ours holds both, in one opaque text
 * that a job can keep.
 */
export function encodeCursor(kind: string, state: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify({ kind, ...state }), 'utf8').toString('base64url');
}

/** @throws ValidationError when the text is no cursor of this kind of list. */
export function decodeCursor<State>(kind: string, cursor: string): State {
  try {
    const state = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as { kind?: unknown };
    if (state.kind === kind) return state as State;
  } catch {
    // Not ours: said below.
  }
  throw new ValidationError(`cursor: is no cursor of a list of ${kind}.`, {
    field: 'cursor',
    remedy: 'Pass `nextCursor` of a page of the same list, unchanged, or leave it out to begin anew.',
  });
}
