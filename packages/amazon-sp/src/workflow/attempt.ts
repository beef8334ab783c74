import { isErrorOf, isFluxoriError } from '@fluxori/core';

/** What is known after a call that must not be made twice. */
export type Attempt<Answer> =
  | { readonly outcome: 'done'; readonly answer: Answer }
  /** Certainly not carried out: refused, or never sent. It may be sent again. */
  | { readonly outcome: 'not-done'; readonly error: unknown }
  /** The answer was lost, or Amazon failed on its way: it may have been carried out. Look before sending again. */
  | { readonly outcome: 'unknown'; readonly error: unknown };

/**
 * Makes a call that has no idempotency key, and tells what is known of it afterwards.
 *
 * @throws what is no answer about the call, e.g. the signal's reason: then nothing is known, and the record still says that it was intended.
 */
export async function attempt<Answer>(work: () => Promise<Answer>): Promise<Attempt<Answer>> {
  try {
    return { outcome: 'done', answer: await work() };
  } catch (error) {
    if (isSurelyNotDone(error)) return { outcome: 'not-done', error };
    if (isOutcomeUnknown(error)) return { outcome: 'unknown', error };
    throw error;
  }
}

/** The call may have been carried out although it failed. */
export function isOutcomeUnknown(error: unknown): boolean {
  if (isAboutToken(error)) return false;
  if (isErrorOf(error, 'NetworkError')) return error.outcome === 'unknown';
  if (isErrorOf(error, 'RemoteError')) return error.status >= 500 || error.status < 400;
  return false;
}

/** The call was certainly not carried out: it was refused, or it never left. */
export function isSurelyNotDone(error: unknown): boolean {
  if (isAboutToken(error)) return true;
  if (isErrorOf(error, 'NetworkError')) return error.outcome === 'not-sent';
  if (isErrorOf(error, 'RemoteError')) return error.status < 500 && error.status >= 400;
  // All others of ours are refusals before the call or answers to it.
  return isFluxoriError(error);
}

/** Asking for a token comes before the call: whatever became of it, the call did not leave. */
const tokenOperations: ReadonlySet<string | undefined> = new Set([
  'lwa.token',
  'tokens.createRestrictedDataToken',
]);

/** It came of asking for a token, which comes before the call. */
export function isAboutToken(error: unknown): boolean {
  return isFluxoriError(error) && tokenOperations.has(error.operation);
}
