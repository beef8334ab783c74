import { RemoteError } from '@fluxori/core';

/**
 * A text without which an answer of Amazon's is of no use.
 *
 * @param about.member - where it stands in the answer.
 * @throws RemoteError `REMOTE_UNREADABLE` when it is not there.
 */
export function answeredText(
  value: unknown,
  { member, operation, account }: { member: string; operation: string; account: string },
): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new RemoteError(
    `${operation} for ${account}: the answer cannot be read: it holds no ${member}, which Amazon’s model requires.`,
    {
      ...{ code: 'REMOTE_UNREADABLE', status: 200, retryable: true, operation, account },
      remedy:
        'Try again; if it goes on, ask with api(…), which gives the answer as it is, and tell us of it.',
    },
  );
}
