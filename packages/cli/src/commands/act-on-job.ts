import { NotFoundError } from '@fluxori/core';
import type { OperationQueues } from '@fluxori/queue';
import type { CommandContext } from './command-context.js';

/** Does something to one job, and shows it as it is then. @throws NotFoundError. */
export async function actOnJob(
  context: CommandContext,
  id: string,
  done: string,
  change: (queues: OperationQueues) => Promise<unknown>,
): Promise<void> {
  await context.withApp(async (app) => {
    if ((await app.queues.get(id)) === undefined) throw noSuchJob(id);
    await change(app.queues);
    const job = await app.queues.get(id);
    context.terminal.result(job ?? { jobId: id }, () => context.terminal.say(`${done}: ${id}.`));
  });
}

export function noSuchJob(id: string): NotFoundError {
  return new NotFoundError(`There is no job ${id}.`, {
    code: 'JOB_UNKNOWN',
    field: 'job-id',
    remedy: 'Look at `fluxori jobs list`. Finished jobs are kept for a limited time.',
  });
}
