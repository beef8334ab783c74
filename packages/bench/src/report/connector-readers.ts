import { type AmazonSPConnector, amazonSp, type ReportRun } from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import { ConnectorFactory } from '@fluxori/core';
import { reportType } from './amazon-host.js';
import type { Read } from './open-report.js';

const dayMs = 86_400_000;

/** The rows that `connector.reports.run` gives, by batches. */
export function rowsOfRun(url: string): Promise<Read> {
  return withRun(url, async (run) => {
    let count = 0;
    for await (const batch of run.rows().batches()) count += batch.length;
    return { rows: count };
  });
}

/** The file that it writes. */
export function fileOfRun(url: string, file: string, as: 'tsv'): Promise<Read> {
  return withRun(url, (run) => run.toFile(file, as));
}

/** All that a caller does: a connector, its token, the report's request, its end, its document. Only the waiting for Amazon is left out. */
async function withRun(url: string, work: (run: ReportRun<unknown>) => Promise<Read>): Promise<Read> {
  const backend = await openBackend('memory:');
  const connector: AmazonSPConnector = new ConnectorFactory().register(amazonSp).create(
    'amazon-sp',
    {
      ...{ accountId: 'bench', sellerId: 'A1BENCH', marketplaceIds: ['ZA'] },
      ...{ clientId: 'amzn1.application-oa2-client.bench', clientSecret: 'amzn1.oa2-cs.v1.bench' },
      refreshToken: 'Atzr|bench',
      endpoints: { lwa: `${url}/amazon/auth/o2/token`, eu: `${url}/amazon` },
    },
    { backend },
  );
  try {
    await connector.connect();
    const run = await connector.reports.run(
      { reportType, from: new Date(Date.now() - 7 * dayMs).toISOString() },
      {
        timings: {
          firstPollMs: 10,
          longestPollMs: 10,
          stuckAfterMs: 60_000,
          listedAfterMs: 10,
          clockSkewMs: 1_000,
        },
      },
    );
    return await work(run);
  } finally {
    await connector.close();
    await backend.close();
  }
}
