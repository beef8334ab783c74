import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { isKnownFeedType, listingsFeedType } from '../../feeds/feed-types.js';
import type { StoredFeed } from '../../feeds/stored-feed.js';
import { invalidInput, notFound, quotaExceeded } from '../../http/refusal.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import { checkAlone, isOf, pageOfWork } from '../../work/work-list.js';

const feedBody = z.object({
  feedType: z.string().min(1),
  marketplaceIds: z.array(z.string()).min(1).max(25),
  inputFeedDocumentId: z.string().min(1),
  feedOptions: z.record(z.string(), z.string()).optional(),
});

export const createFeed = implement('feeds', '2021-06-30', 'createFeed', (call) => {
  const { feedType, inputFeedDocumentId, marketplaceIds } = readBody(feedBody, call.params.body);
  const { application, desks, region, seller } = call;
  if (!isKnownFeedType(feedType)) throw refuse(`feedType: '${feedType}' is no feed type.`);
  const document = desks.shelf.find(['feed'], inputFeedDocumentId, ownerOf(call));
  if (document === undefined)
    throw refuse(`inputFeedDocumentId: there is no feed document ${inputFeedDocumentId}, or it has expired.`);
  if (document.usedBy !== undefined)
    throw refuse(`inputFeedDocumentId: feed ${document.usedBy} was made of this document already.`);
  if (feedType === listingsFeedType && !desks.feedQuota.take(`${seller.sellerId}|${region}`))
    throw quotaExceeded;
  const { applicationId } = application;
  return {
    feedId: desks.feeds.create({ seller, region, applicationId, feedType, marketplaceIds, document }).id,
  };
});

export const getFeed = implement('feeds', '2021-06-30', 'getFeed', (call) =>
  render(feedOf(call, call.params.feedId)),
);

export const getFeeds = implement('feeds', '2021-06-30', 'getFeeds', (call) => {
  const { feedTypes: types, nextToken, ...others } = call.params;
  checkAlone(call.params, 'feedTypes');
  const { items, ...rest } = pageOfWork(
    { pages: call.pages, nowMs: call.now(), owner: `feeds.getFeeds|${call.seller.sellerId}|${call.region}` },
    [...call.desks.feeds.all()].filter(isOf(ownerOf(call))),
    { filter: { ...others, types }, token: nextToken },
  );
  return { feeds: items.map(render), ...rest };
});

export const cancelFeed = implement('feeds', '2021-06-30', 'cancelFeed', (call) => {
  const feed = feedOf(call, call.params.feedId);
  if (!call.desks.feeds.cancel(feed))
    throw invalidInput(
      'Feed cannot be cancelled.',
      `Feed ${feed.id} is ${feed.status}, and not IN_QUEUE any more.`,
    );
  return undefined;
});

function feedOf(call: OperationCall<unknown>, id: string): StoredFeed {
  const feed = call.desks.feeds.find(id, ownerOf(call));
  if (feed === undefined) throw notFound('The specified resource does not exist.', `There is no feed ${id}.`);
  return feed;
}

function ownerOf({ region, seller }: OperationCall<unknown>) {
  return { sellerId: seller.sellerId, region };
}

function render(feed: StoredFeed): ResponseOf<'feeds', '2021-06-30', 'getFeed'> {
  const { createdMs, endedMs, id, marketplaceIds, resultDocumentId, startedMs, status, type } = feed;
  return {
    feedId: id,
    feedType: type,
    marketplaceIds: [...marketplaceIds],
    createdTime: iso(createdMs),
    processingStatus: status,
    ...(startedMs === undefined ? {} : { processingStartTime: iso(startedMs) }),
    ...(endedMs === undefined ? {} : { processingEndTime: iso(endedMs) }),
    ...(resultDocumentId === undefined ? {} : { resultFeedDocumentId: resultDocumentId }),
  };
}

function refuse(details: string): Error {
  return invalidInput('Request body is invalid.', details);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
