import type { Erasure, HolderReport, PersonalDataHolder, Remainder } from '@fluxori/core';
import type { OperationQueues } from '../queue/operation-queues.js';

/**
 * The jobs of an installation. Their payloads, results and checkpoints hold no personal data by their making; what names an order or a buyer is
 * removed all the same. What is older than the queue's `retention` goes by itself.
 */
export class JobsHolder implements PersonalDataHolder {
  readonly name = 'jobs';
  readonly #queues: Pick<OperationQueues, 'forgetJobs'>;

  constructor(queues: Pick<OperationQueues, 'forgetJobs'>) {
    this.#queues = queues;
  }

  async erase({ accountIds, orders, buyerEmail }: Erasure): Promise<HolderReport> {
    const mentioning = [
      ...new Set(orders.map(({ orderId }) => orderId)),
      ...(buyerEmail === undefined ? [] : [buyerEmail]),
    ];
    if (mentioning.length === 0) return { deleted: { jobs: 0 }, remaining: [] };
    const { removed, unfinished } = await this.#queues.forgetJobs({ accountIds, mentioning });
    return { deleted: { jobs: removed }, remaining: unfinished.map(remainderOf) };
  }

  async sweep(): Promise<HolderReport> {
    return { deleted: {}, remaining: [] };
  }
}

function remainderOf({ jobId, name }: { jobId: string; name: string }): Remainder {
  return {
    what: `the job ${jobId} (${name})`,
    why: 'it names the order or the buyer, and is not done',
    remedy: `Let it end, or end it with \`fluxori jobs cancel ${jobId}\`; then erase again.`,
  };
}
