import type { Sandbox } from '@fluxori/sandbox';
import type { AmazonSPConnector } from '../src/index.js';
import { type SampleIds, sampleQuery } from './sample-world.js';

const reportType = 'GET_MERCHANT_LISTINGS_ALL_DATA';

/** One of everything that takes its time at Amazon, so that it can be asked about by its id: some that are done, some that still wait. */
export async function sampleWork({ api }: AmazonSPConnector, sandbox: Sandbox): Promise<SampleIds> {
  const { marketplaceId } = sandbox.credentials;
  const reports = api('reports');
  const feeds = api('feeds');
  const kiosk = api('dataKiosk');
  const notifications = api('notifications');
  const body = { reportType, marketplaceIds: [marketplaceId] };

  const done = await reports.createReport({ body });
  const doneQuery = await kiosk.createQuery({ body: { query: sampleQuery(marketplaceId) } });
  sandbox.finishWork();
  const { reportDocumentId = '' } = await reports.getReport(done);
  const { dataDocumentId: documentId = '' } = await kiosk.getQuery(doneQuery);
  const { reportScheduleId } = await reports.createReportSchedule({ body: { ...body, period: 'P1D' } });

  const uploaded = await feeds.createFeedDocument({ body: { contentType: 'application/json' } });
  await put(uploaded.url);
  const second = await feeds.createFeedDocument({ body: { contentType: 'application/json' } });
  await put(second.url);
  const { feedId } = await feeds.createFeed({
    body: {
      feedType: 'JSON_LISTINGS_FEED',
      marketplaceIds: [marketplaceId],
      inputFeedDocumentId: uploaded.feedDocumentId,
    },
  });

  const { payload: destination } = await notifications.createDestination({
    body: {
      name: 'bus',
      resourceSpecification: { eventBridge: { region: 'eu-west-1', accountId: '123456789012' } },
    },
  });
  const destinationId = destination?.destinationId as string;
  const { payload: subscription } = await notifications.createSubscription({
    notificationType: 'LISTINGS_ITEM_STATUS_CHANGE',
    body: { payloadVersion: '1.0', destinationId },
  });
  return {
    ...(await reports.createReport({ body })),
    ...(await kiosk.createQuery({ body: { query: sampleQuery(marketplaceId, 'sku') } })),
    ...{ reportDocumentId, reportScheduleId, documentId, feedId, destinationId },
    feedDocumentId: uploaded.feedDocumentId,
    inputFeedDocumentId: second.feedDocumentId,
    subscriptionId: subscription?.subscriptionId as string,
  };
}

async function put(url: string): Promise<void> {
  const { status } = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"header":{"sellerId":"A1","version":"2.0"},"messages":[]}',
  });
  if (status !== 200) throw new Error(`The document of a feed was answered with ${status}.`);
}
