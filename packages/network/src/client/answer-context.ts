import type { HttpAnswer } from '../transport/http-answer.js';
import type { AnswerContext, CallSpec } from './call-spec.js';

/** What an error says beside its message, the state of the limit apart. */
export function answerContext(
  spec: Pick<CallSpec, 'operation' | 'account'>,
  answer: HttpAnswer | undefined,
  attempts: number,
  now: number,
): AnswerContext {
  return {
    operation: spec.operation,
    ...(spec.account !== undefined && { account: spec.account }),
    ...(answer?.requestId !== undefined && { requestId: answer.requestId }),
    at: toldTime(answer) ?? new Date(now),
    attempts,
  };
}

/** The remote side's support looks for a request by its own clock. */
function toldTime(answer: HttpAnswer | undefined): Date | undefined {
  const told = Date.parse(answer?.headers.date ?? '');
  return answer === undefined || Number.isNaN(told) ? answer?.receivedAt : new Date(told);
}
