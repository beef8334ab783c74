import { type FluxoriError, RemoteError } from '@fluxori/core';
import type { AnswerContext } from '../client/call-spec.js';
import type { HttpAnswer } from '../transport/http-answer.js';

/** What a connector's `errors.ts` does, at its shortest. */
export function plainError(answer: HttpAnswer, context: AnswerContext): FluxoriError {
  return new RemoteError(`${context.operation}: answered ${answer.status}.`, {
    ...context,
    status: answer.status,
  });
}
