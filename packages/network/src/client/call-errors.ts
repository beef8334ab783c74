import { NetworkError, RateLimitError, RemoteError, ValidationError } from '@fluxori/core';
import type { Outcome } from '../transport/failure-table.js';
import type { HttpAnswer } from '../transport/http-answer.js';
import type { TransportFailure } from '../transport/transport-failure.js';
import type { AnswerContext, CallSpec } from './call-spec.js';

/** The error for a call that got no answer. */
export function unanswered(
  failure: TransportFailure,
  outcome: Outcome,
  host: string,
  context: AnswerContext,
): NetworkError {
  const { kind } = failure;
  const certainty =
    outcome === 'not-sent'
      ? 'the request was not sent'
      : 'it is not known whether the request was carried out';
  return new NetworkError(`${subject(context)}: ${host} could not be used: ${kind.what}; ${certainty}.`, {
    ...context,
    code: kind.code,
    host,
    outcome,
    remedy: kind.remedy,
    cause: failure.cause,
    ...(failure.errorCode !== undefined && { details: { errorCode: failure.errorCode } }),
  });
}

/** The error for a success that says nothing that could be understood. */
export function unreadable(
  answer: { status: number; headers: Readonly<Record<string, string>> },
  why: string,
  spec: Pick<CallSpec, 'idempotent'>,
  context: AnswerContext,
): RemoteError {
  return new RemoteError(
    `${subject(context)}: the answer (status ${answer.status}) cannot be read: ${why}.`,
    {
      ...context,
      code: 'REMOTE_UNREADABLE',
      status: answer.status,
      retryable: spec.idempotent,
      remedy: spec.idempotent
        ? 'Try again; if it goes on, tell the remote side’s support the request id.'
        : 'Look whether the request was carried out before sending it again.',
      details: { contentType: answer.headers['content-type'] ?? 'none' },
    },
  );
}

/** The error for a call that was throttled more often than it may line up again. */
export function throttled(answer: HttpAnswer, retryAt: Date, context: AnswerContext): RateLimitError {
  return new RateLimitError(
    `${subject(context)}: refused with status ${answer.status} although a token was there: somebody else draws from the same limit. The next try may go at ${retryAt.toISOString()}.`,
    {
      ...context,
      retryAt,
      remedy: 'Come back at retryAt; find out which other program works for this account.',
    },
  );
}

/** The error for a request that cannot be put on the wire. */
export function unsendable(reason: string, context: AnswerContext): ValidationError {
  return new ValidationError(`${subject(context)}: the request cannot be sent: ${reason}.`, {
    ...context,
    remedy: 'Look for line breaks or characters outside ASCII in the URL and the headers.',
  });
}

/** For whom. */
export function subject(context: AnswerContext): string {
  return context.account === undefined ? context.operation : `${context.operation} for ${context.account}`;
}
