import { describe, expect, it } from '@jest/globals';
import { connectToSandbox, testBackends } from '../../testing/connect-to-sandbox.js';

describe.each(testBackends)('JSON_LISTINGS_FEEDs of two connectors of one seller, on %s', (backend) => {
  it('are five in five minutes; the others are told when there is room, and Amazon need not refuse one', async () => {
    await using open = await connectToSandbox({
      backend,
      sandbox: { orders: 0, skus: 1, settleMs: 0 },
    });
    const other = open.connect();
    await other.connect();
    const { documents, config } = open.connector;
    const ids = await Promise.all(
      Array.from({ length: 8 }, () => documents.createDocument('application/json; charset=UTF-8')),
    );
    for (const id of ids) await documents.uploadDocumentContent(id, '{}');
    const askedAt = Date.now();
    const all = await Promise.allSettled(
      ids.map((inputFeedDocumentId, n) =>
        (n % 2 ? other : open.connector).api('feeds').createFeed(
          {
            body: {
              ...{ feedType: 'JSON_LISTINGS_FEED', inputFeedDocumentId },
              marketplaceIds: [config.home.id],
            },
          },
          { maxWaitMs: 0 },
        ),
      ),
    );
    const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toHaveLength(3);
    for (const error of refused) {
      expect(error).toMatchObject({
        name: 'RateLimitError',
        message: expect.stringContaining('Amazon takes 5 in 5 minutes'),
      });
      expect((error.retryAt as Date).getTime()).toBeGreaterThanOrEqual(askedAt + 300_000);
    }
    const { feeds, throttled } = open.sandbox.counters();
    expect({ created: feeds.created, throttled }).toEqual({ created: 5, throttled: 0 });
  });
});
