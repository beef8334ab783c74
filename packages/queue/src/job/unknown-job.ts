import { NotFoundError } from '@fluxori/core';

export function unknownJob(name: string, section: string): NotFoundError {
  return new NotFoundError(`There is no job ${JSON.stringify(name)} in the section ${section} here.`, {
    code: 'JOB_UNKNOWN',
    field: 'name',
    operation: name,
    remedy:
      'Check the name; if another release wrote the job, start a worker that knows it and retry the job.',
  });
}
