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
