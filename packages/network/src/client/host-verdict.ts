import type { Verdict } from '../breaker/circuit.js';
import { transientStatuses } from '../retry/retry-policy.js';
import { AnswerTooLarge, AnswerUndecodable } from '../transport/http-transport.js';
import { TransportFailure } from '../transport/transport-failure.js';

/** An attempt that got less time than this, because the deadline was near, says nothing about the host. */
const fairAttemptMs = 1_000;

/** 5xx and missing answers speak against the host; 4xx, 429 and unreadable ones show that it is there. */
export function hostVerdict(
  end: { value: { status: number } } | { error: unknown },
  attemptMs: number,
): Verdict {
  if ('value' in end) return transientStatuses.has(end.value.status) ? 'failed' : 'alive';
  const { error } = end;
  if (error instanceof AnswerTooLarge || error instanceof AnswerUndecodable) return 'alive';
  if (!(error instanceof TransportFailure) || error.errorCode?.startsWith('ERR_INVALID_')) return 'nothing';
  return error.errorCode === 'FLUXORI_TOTAL_TIMEOUT' && attemptMs < fairAttemptMs ? 'nothing' : 'failed';
}
