import type { AmazonSPConnector } from '@fluxori/amazon-sp';
import type { OperationQueues } from '@fluxori/queue';

/** Puts two more of everything that the seller has listed on the shelf, as Amazon's own report tells it. */
export async function restock(connector: AmazonSPConnector, queues: OperationQueues): Promise<string[]> {
  const jobIds: string[] = [];
  // Asked for once, whatever dies on the way; rows are typed, and come as a stream also when the report is larger than the memory.
  const report = await connector.reports.run({ reportType: 'GET_MERCHANT_LISTINGS_ALL_DATA' });
  for await (const { sellerSku, quantity } of report.rows()) {
    if (quantity === null) continue; // Amazon keeps its stock.
    // Thousands of these become one feed, or as many patches, whichever is done sooner; each has a result of its own.
    const { jobId } = await queues.add('inventory.update', {
      accountId: connector.accountId,
      payload: { sku: sellerSku, quantity: Number(quantity) + 2 },
    });
    jobIds.push(jobId);
  }
  return jobIds;
}
