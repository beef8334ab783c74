import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { notFound } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import { labelOf } from '../document-label.js';

const documentBody = z.object({ contentType: z.string().min(1).max(255) });

/** Two days, if no feed is made of it. Source: feeds_2021-06-30, checked November 2026. */
const unusedLifetimeMs = 2 * 86_400_000;

export const createFeedDocument = implement('feeds', '2021-06-30', 'createFeedDocument', (call) => {
  const { contentType } = readBody(documentBody, call.params.body);
  const { desks, region, seller } = call;
  const document = desks.shelf.add({
    ...{ kind: 'feed', sellerId: seller.sellerId, region, contentType, lifetimeMs: unusedLifetimeMs },
  });
  desks.counters.documents.created();
  return { feedDocumentId: document.id, url: desks.shelf.uploadUrl(document) };
});

/** Of a processing report, and of what was uploaded. */
export const getFeedDocument = implement('feeds', '2021-06-30', 'getFeedDocument', (call) => {
  const { enableContentEncodingUrlHeader = false, feedDocumentId } = call.params;
  const { desks, region, seller } = call;
  const owner = { sellerId: seller.sellerId, region };
  const document = desks.shelf.find(['feed', 'feed-result'], feedDocumentId, owner);
  if (document?.content === undefined)
    throw notFound('The specified resource does not exist.', `There is no feed document ${feedDocumentId}.`);
  return {
    feedDocumentId,
    url: desks.shelf.downloadUrl(document, enableContentEncodingUrlHeader),
    ...labelOf(document, call.wrongLabel),
  };
});
