import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { isKnownFeedType, listingsFeedType } from '../../feeds/feed-types.js';
import type { StoredFeed } from '../../feeds/stored-feed.js';
import { quotaExceeded } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import { checkAlone } from '../../work/work-list.js';
import { badBody, cancelWork, ownerOf, ownPage, progressOf, workOf } from '../work-operations.js';

const feedBody = z.object({
  feedType: z.string().min(1),
  marketplaceIds: z.array(z.string()).min(1).max(25),
  inputFeedDocumentId: z.string().min(1),
  feedOptions: z.record(z.string(), z.string()).optional(),
});

export const createFeed = implement('feeds', '2021-06-30', 'createFeed', (call) => {
  const { feedType, inputFeedDocumentId, marketplaceIds } = readBody(feedBody, call.params.body);
  const { application, desks, region, seller } = call;
  if (!isKnownFeedType(feedType)) throw badBody(`feedType: '${feedType}' is no feed type.`);
  const document = desks.shelf.find(['feed'], inputFeedDocumentId, ownerOf(call));
  if (document === undefined)
    throw badBody(
      `inputFeedDocumentId: there is no feed document ${inputFeedDocumentId}, or it has expired.`,
    );
  if (document.usedBy !== undefined)
    throw badBody(`inputFeedDocumentId: feed ${document.usedBy} was made of this document already.`);
  if (feedType === listingsFeedType && !desks.feedQuota.take(`${seller.sellerId}|${region}`))
    throw quotaExceeded;
  const { applicationId } = application;
  return {
    feedId: desks.feeds.create({ seller, region, applicationId, feedType, marketplaceIds, document }).id,
  };
});

export const getFeed = implement('feeds', '2021-06-30', 'getFeed', (call) =>
  render(workOf(call, call.desks.feeds, 'feed', call.params.feedId)),
);

export const getFeeds = implement('feeds', '2021-06-30', 'getFeeds', (call) => {
  const { feedTypes: types, nextToken, ...others } = call.params;
  checkAlone(call.params, 'feedTypes');
  const order = { filter: { ...others, types }, token: nextToken };
  const { items, ...rest } = ownPage(call, 'feeds.getFeeds', call.desks.feeds.all(), order);
  return { feeds: items.map(render), ...rest };
});

export const cancelFeed = implement('feeds', '2021-06-30', 'cancelFeed', (call) =>
  cancelWork(call, call.desks.feeds, 'feed', call.params.feedId),
);

function render(feed: StoredFeed): ResponseOf<'feeds', '2021-06-30', 'getFeed'> {
  const { id, marketplaceIds, resultDocumentId, type } = feed;
  return {
    feedId: id,
    feedType: type,
    marketplaceIds: [...marketplaceIds],
    ...progressOf(feed),
    ...(resultDocumentId === undefined ? {} : { resultFeedDocumentId: resultDocumentId }),
  };
}
