import { ValidationError } from '@fluxori/core';

/** What must not happen twice, in words, e.g. `the label of parcel 1 of order 2` that is `bought`. */
export interface ClaimedThing {
  readonly thing: string;
  /** As a participle. */
  readonly done: string;
  /** What a person does to find out, and how he has it done all the same. */
  readonly whatToDo: string;
}

interface Subject {
  readonly account: string;
  readonly operation: string;
  readonly field: string;
}

/** @returns why a job stops: another one is about the same, or was, and nobody can tell what came of it (`OUTCOME_UNKNOWN`). */
export function claimedElsewhere(
  { status, by, at }: { readonly status: string; readonly by: string; readonly at: number },
  { thing, done, whatToDo }: ClaimedThing,
  subject: Subject,
): ValidationError {
  const when = new Date(at).toISOString();
  const underWay = status === 'intended';
  return new ValidationError(
    underWay
      ? `${subject.field}: ${thing} is being ${done} by job ${by} since ${when}.`
      : `${subject.field}: job ${by} may have ${done} ${thing} at ${when}; its answer was lost.`,
    {
      ...subject,
      code: 'OUTCOME_UNKNOWN',
      remedy: underWay
        ? `Wait for that job. If it is gone for more than a quarter of an hour: ${whatToDo}`
        : whatToDo,
    },
  );
}
