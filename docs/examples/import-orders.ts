import { amazonJobs, amazonSp } from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import { accountId, ConnectorFactory } from '@fluxori/core';
import { OperationQueues } from '@fluxori/queue';

const account = accountId('acme-za');

await using backend = await openBackend(process.env.FLUXORI_BACKEND ?? 'pglite:./data');
await using connector = new ConnectorFactory().register(amazonSp).create(
  'amazon-sp',
  {
    accountId: account,
    marketplaceIds: ['ZA'],
    sellerId: process.env.AMAZON_SELLER_ID ?? '',
    clientId: process.env.AMAZON_CLIENT_ID ?? '',
    clientSecret: process.env.AMAZON_CLIENT_SECRET ?? '',
    refreshToken: process.env.AMAZON_REFRESH_TOKEN ?? '',
    // Leave it out for Amazon itself; `fluxori sandbox` says where a local one is.
    endpoints: JSON.parse(process.env.AMAZON_ENDPOINTS ?? '{}'),
  },
  { backend },
);

// A call: typed, checked before it is sent, made when its limit allows.
const { payload } = await connector.api('sellers').getMarketplaceParticipations();
console.log(`${payload?.length} marketplace`);

// Work that survives the process: kill it in the middle, start it again, and it goes on.
await using queues = new OperationQueues({ backend, jobs: amazonJobs({ connector: async () => connector }) });
connector.onRecovered((host) => queues.release(host));
await queues.start();
const { jobId } = await queues.add('orders.import', {
  accountId: account,
  payload: {},
  priority: 'critical',
});
await queues.waitFor(jobId);
console.log(`${await backend.records.count('order')} orders`);
