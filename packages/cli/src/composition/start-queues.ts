import type { OperationQueues } from '@fluxori/queue';

/** Starts all sections at the same time: each asks the store a dozen things one after another, and there are some twenty. */
export async function startQueues(queues: Pick<OperationQueues, 'sections' | 'start'>): Promise<void> {
  await Promise.all(queues.sections.map((section) => queues.start([section])));
}
