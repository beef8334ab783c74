import { NotFoundError, shown } from '@fluxori/core';

/** @param known - the kinds that there are. */
export function unknownJob(name: string, known: Iterable<string>): NotFoundError {
  const kinds = [...known].join(', ');
  return new NotFoundError(`There is no kind of job ${shown(name)} here; known: ${kinds || 'none'}.`, {
    code: 'JOB_UNKNOWN',
    field: 'name',
    operation: name,
    remedy:
      'Use one of those that are known. A job or a schedule that another release wrote needs a worker that knows its kind.',
  });
}
