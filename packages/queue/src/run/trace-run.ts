import type { Span, Tracing } from '@fluxori/core';
import { DelayedError } from 'bullmq';
import type { BullJob } from '../queue/bull-types.js';
import type { JobRun } from './job-run.js';

/**
 * One run in a span `fluxori.job <name>`, a child of the one in which the job was put in, be it in another process a day ago. A run that
 * parks or goes back to the queue is no failure; one that fails is, with the error that it failed with.
 *
 * @param end - decides what becomes of a run that did not complete, and throws what BullMQ understands.
 */
export async function traceRun<T>(
  tracing: Tracing,
  { section, job, run }: { readonly section: string; readonly job: BullJob; readonly run: JobRun },
  work: () => Promise<T>,
  end: (error: unknown) => Promise<never>,
): Promise<T> {
  const parent = job.data.traceparent;
  let forBullMq: { readonly thrown: unknown } | undefined;
  const inSpan = async (span: Span) => {
    try {
      const result = await work();
      span.set({ 'fluxori.job.outcome': 'completed' });
      return result;
    } catch (error) {
      const thrown: unknown = await end(error).catch((caught: unknown) => caught);
      forBullMq = { thrown };
      const outcome = run.stopped ?? (thrown instanceof DelayedError ? 'parked' : 'failed');
      span.set({ 'fluxori.job.outcome': outcome });
      if (outcome === 'failed') throw error;
      return undefined;
    }
  };
  const result = await tracing
    .span(`fluxori.job ${job.name}`, attributesOf(section, job, run), inSpan, {
      kind: 'consumer',
      ...(parent !== undefined && { parent }),
    })
    .catch((error: unknown) => {
      throw forBullMq === undefined ? error : forBullMq.thrown;
    });
  if (forBullMq !== undefined) throw forBullMq.thrown;
  return result as T;
}

/** By OpenTelemetry's conventions for messaging where they have a word (messaging.*, version 1.30), else our own. */
function attributesOf(section: string, job: BullJob, run: JobRun) {
  return {
    'messaging.system': 'bullmq',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': section,
    'messaging.message.id': run.jobId,
    'fluxori.job.name': job.name,
    'fluxori.account': job.data.accountId,
    'fluxori.job.priority': run.priority,
    'fluxori.job.attempt': job.attemptsMade + 1,
    'fluxori.job.run': job.attemptsStarted,
  };
}
