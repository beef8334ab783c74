import { createHash } from 'node:crypto';
import { isErrorOf, RemoteError, type ValidationError } from '@fluxori/core';

/** How many page tokens are remembered, as hashes, to notice a list that goes round in circles. */
const remembered = 50;

/**
 * The trail of page tokens, one longer.
 * @throws RemoteError `PAGE_TOKEN_REPEATED` when the token was there before: the list would never end.
 */
export function followed(trail: readonly string[], cursor: string, operation: string): readonly string[] {
  const mark = createHash('sha256').update(cursor).digest('base64url').slice(0, 10);
  if (trail.includes(mark)) {
    throw new RemoteError(
      `${operation} handed out a page token for the second time, so the list would never end.`,
      {
        code: 'PAGE_TOKEN_REPEATED',
        status: 200,
        retryable: false,
        operation,
        remedy: 'Queue the job anew; if it happens again, give Amazon’s support the request id.',
      },
    );
  }
  return [...trail, mark].slice(-remembered);
}

/** Whether Amazon refused the page token that was sent along: it lives a limited time (orders 24 hours, FBA inventory 30 seconds). */
export function isRefusedPageToken(error: unknown, cursor: string | undefined): error is ValidationError {
  return cursor !== undefined && isErrorOf(error, 'ValidationError') && error.details?.status === 400;
}
