import { accountId, type PrivacyDesk, type PrivacyReport } from '@fluxori/core';
import { defineJob, type JobDefinition, type OperationQueues } from '@fluxori/queue';
import { z } from 'zod';

export const sweepJobName = 'privacy.sweep';
const scheduleName = 'privacy-sweep';

/** Not an account's: it is about all that is kept. */
const everybody = accountId('all-accounts');

/** Deletes personal data whose time is over. Its result holds counts only. */
export function sweepJob(desk: () => PrivacyDesk): JobDefinition {
  return defineJob<Record<string, never>, never, SweepResult>({
    name: sweepJobName,
    section: 'privacy',
    version: 1,
    priority: 'low',
    payload: z.strictObject({}),
    run: async (ctx) => resultOf(await desk().sweep({ signal: ctx.signal })),
  });
}

export interface SweepResult {
  /** How many of what, e.g. `{ shipTo: 2, documents: 1 }`. */
  readonly deleted: Readonly<Record<string, number>>;
  readonly remaining: PrivacyReport['remaining'];
}

export function resultOf({ holders, remaining }: PrivacyReport): SweepResult {
  return { deleted: Object.assign({}, ...holders.map(({ deleted }) => deleted)), remaining };
}

/** For the start of a worker: the sweep comes by itself, or not. */
export async function scheduleSweep(
  queues: OperationQueues,
  { sweep }: { readonly sweep: string | false },
): Promise<void> {
  if (sweep === false) {
    await queues.schedules.remove(scheduleName);
    return;
  }
  await queues.schedules.upsert(scheduleName, {
    job: sweepJobName,
    accountId: everybody,
    payload: {},
    cron: sweep,
  });
}
