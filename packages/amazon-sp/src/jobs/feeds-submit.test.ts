import { accountId } from '@fluxori/core';
import { expect, it } from '@jest/globals';
import type { FeedRun } from '../feeds/feed-result.js';
import { feedsSubmit } from './feeds-submit.js';

it('counts records that no report names as accepted: those of a flat file, or of a document that is deleted', async () => {
  const run: FeedRun = {
    result: { feedId: '7', feedType: 'X', status: 'partly-accepted', processingStatus: 'DONE' },
    ...{ ending: 'partly-accepted', issues: [], found: false },
    summary: { processed: 100, accepted: 98, invalid: 2, errors: 2, warnings: 0 },
    items: [3, 9].map((messageId) => ({ sku: '', messageId, status: 'error' as const, issues: [] })),
  };
  const none = async () => {};
  const feeds = { keptAs: () => ({}), keep: none, order: () => ({}), run: async () => run, forget: none };
  const job = feedsSubmit({ connector: async () => ({ feeds }) as never });
  const payload = { feedType: 'POST_FLAT_FILE_FULFILLMENT_DATA', content: 'x' };
  const told = await job.run({ accountId: accountId('acme-za'), jobId: 'feeds-1', payload } as never);
  expect(told).toMatchObject({ counts: { accepted: 98, warning: 0, error: 2 } });
});

it('takes no document that tells of persons into its payload, where it would lie in the open', () => {
  const job = feedsSubmit({ connector: async () => ({}) as never });
  const feedType = 'POST_FULFILLMENT_ORDER_REQUEST_DATA';
  const refused = job.payload.safeParse({ feedType, content: '<AmazonEnvelope/>' });
  expect(refused.error?.issues).toMatchObject([
    { path: ['content'], message: expect.stringContaining('keep it with `connector.feeds.keep`') },
  ]);
  const kept = { name: 'feeds/1', bytes: 17, sha256: '0'.repeat(64), in: 'sealedContents' };
  expect(job.payload.safeParse({ feedType, content: kept }).success).toBe(true);
});
