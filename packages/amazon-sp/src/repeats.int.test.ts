import { afterEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../testing/connect-to-sandbox.js';

let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

async function start(): Promise<Sandboxed> {
  open = await connectToSandbox({
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, orders: 5, skus: 5, settleMs: 0 },
    random: () => 0,
  });
  return open;
}

const requests = ({ sandbox }: Sandboxed, operation: string) =>
  sandbox.counters().operations[operation]?.requests ?? 0;

describe('a call that fails for a moment', () => {
  it.each([
    ['an error of Amazon’s', { kind: 'error' as const, status: 503 as const, count: 2 }],
    ['a cut connection', { kind: 'drop' as const, when: 'after' as const, count: 2 }],
    ['an answer cut in the middle', { kind: 'reset-mid-body' as const, afterBytes: 10, count: 2 }],
  ])('is repeated after %s when it only reads', async (_, fault) => {
    const here = await start();
    await here.sandbox.faults.set(fault);
    await expect(here.connector.sellers.participations()).resolves.toHaveLength(1);
    expect(requests(here, 'sellers.getMarketplaceParticipations')).toBe(3);
  });

  it('is sent once when sending it twice could do it twice', async () => {
    const here = await start();
    await here.sandbox.faults.set({ kind: 'drop', when: 'after' });
    const createFeed = here.connector.api('feeds').createFeed({
      body: {
        feedType: 'JSON_LISTINGS_FEED',
        marketplaceIds: ['AE08WJ6YKNBMC'],
        inputFeedDocumentId: 'doc-1',
      },
    });
    await expect(createFeed).rejects.toMatchObject({ name: 'NetworkError', outcome: 'unknown', attempts: 1 });
    expect(requests(here, 'feeds.createFeed')).toBe(1);
  });

  it('gives up after a few attempts, and says how many', async () => {
    const here = await start();
    await here.sandbox.faults.set({ kind: 'error', status: 500, skip: 0 });
    const error = await here.connector
      .api('sellers')
      .getAccount()
      .catch((one: unknown) => one);
    expect(error).toMatchObject({ retryable: true, operation: 'sellers.getAccount' });
    const { attempts } = error as { attempts: number };
    expect(attempts).toBeGreaterThan(1);
    expect(requests(here, 'sellers.getAccount')).toBe(attempts);
  });
});
