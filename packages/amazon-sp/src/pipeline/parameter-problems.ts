import type { OperationDescriptor } from '@fluxori/amazon-sp-models';
import { ValidationError } from '@fluxori/core';
import { operationName } from './operation-name.js';

/** What a call is made with, by the names of Amazon's parameters. */
export type Params = Readonly<Record<string, unknown>>;

export interface Problem {
  readonly field: string;
  readonly text: string;
  readonly code?: 'MARKETPLACE_UNKNOWN' | 'MARKETPLACE_WRONG_REGION';
}

/** For programs without types. @throws ValidationError */
export function checkIsObject(operation: OperationDescriptor, params: Params, account?: string): void {
  if (typeof params === 'object' && params !== null && !Array.isArray(params)) return;
  const name = operationName(operation);
  throw new ValidationError(`${name} was not sent: its parameters must be an object by their names.`, {
    operation: name,
    account,
    field: 'params',
    remedy: "Pass them as in `{ orderId: '902-1234567-1234567' }`.",
  });
}

/** @throws ValidationError that lists every problem at once; `field` is the first one's. */
export function refuseIfAny(
  problems: readonly Problem[],
  operation: OperationDescriptor,
  subject: { account?: string; remedy: string },
): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ field, text }) => `${field}: ${text}`);
  const name = operationName(operation);
  throw new ValidationError(
    `${name} was not sent: ${lines.length === 1 ? lines[0] : `${lines.length} parameters are wrong:\n${lines.map((line) => `  - ${line}`).join('\n')}`}`,
    {
      code: problems.length === 1 ? problems[0]?.code : undefined,
      operation: name,
      account: subject.account,
      field: problems[0]?.field,
      problems: lines,
      remedy: subject.remedy,
    },
  );
}
