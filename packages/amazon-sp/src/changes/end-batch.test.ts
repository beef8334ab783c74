import type { JsonValue, KeyValueStore, MarketplaceId } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import type { FeedItemOutcome, FeedRun } from '../feeds/feed-result.js';
import type { Change, ChangeField } from './change.js';
import type { BatchList } from './change-batches.js';
import { ChangeLedger } from './change-ledger.js';
import { endBatch } from './end-batch.js';

const change = (field: ChangeField, more: Partial<Change> = {}): Change => ({
  ...{ order: '1', sku: 'A-1', marketplaceId: 'AE08WJ6YKNBMC' as MarketplaceId, field, priority: 5 },
  patch: { op: 'merge', path: '/attributes/x', value: [] },
  ...more,
});

const listOf = (changes: readonly Change[], fresh = true): BatchList => ({
  messages: [{ messageId: 1, changes, fresh }],
  segments: ['s1'],
});

const runOf = (ending: FeedRun['ending'], status: FeedItemOutcome['status']): FeedRun => ({
  result: { feedId: '77', feedType: 'JSON_LISTINGS_FEED', status: ending, processingStatus: 'DONE' },
  items: [
    {
      ...{ sku: 'A-1', messageId: 1, status },
      issues: status === 'error' ? [{ code: '8541', severity: 'error', message: 'No.' }] : [],
    },
  ],
  ...{ ending, issues: [], found: false },
});

describe('the end of a feed of changes', () => {
  it('gives every change of a message that was taken its outcome', () => {
    const both = [change('price'), change('quantity')];
    const { settlements, again } = endBatch(listOf(both), runOf('accepted', 'accepted'), 'acme-za');
    expect(settlements.map((one) => one.change.field)).toEqual(['price', 'quantity']);
    expect(settlements[0]?.outcome).toEqual({ status: 'accepted', way: 'feed', feedId: '77', issues: [] });
    expect(again).toEqual([]);
  });

  it('sends two fields that were refused together once more, each by itself', () => {
    const both = [change('price'), change('quantity')];
    const end = endBatch(listOf(both), runOf('partly-accepted', 'error'), 'acme-za');
    expect(end.settlements).toEqual([]);
    expect(end.again).toEqual(both.map((one) => ({ ...one, alone: true })));
  });

  it('tells what Amazon has against a change, with SKU, feed and code', () => {
    const { settlements } = endBatch(listOf([change('price')]), runOf('partly-accepted', 'error'), 'acme-za');
    expect(settlements[0]?.outcome).toMatchObject({
      status: 'failed',
      error: { name: 'ValidationError', message: expect.stringMatching(/SKU A-1 in feed 77: .*8541/) },
    });
  });

  it('does not trust what was remembered of a listing whose change was refused', () => {
    const one = change('price');
    const end = endBatch(listOf([one], false), runOf('partly-accepted', 'error'), 'acme-za');
    expect(end).toMatchObject({ settlements: [], again: [{ ...one, tries: 1 }], doubted: [one] });
  });

  it.each(['fatal', 'cancelled'] as const)(
    'puts all of a feed that was %s back, three feeds at most',
    (ending) => {
      const end = (tries?: number) =>
        endBatch(
          listOf([change('price', tries === undefined ? {} : { tries })]),
          runOf(ending, 'error'),
          'acme-za',
        );
      expect(end().again).toMatchObject([{ tries: 1 }]);
      expect(end(1).again).toMatchObject([{ tries: 2 }]);
      expect(end(2)).toMatchObject({ again: [], settlements: [{ outcome: { status: 'failed' } }] });
    },
  );
});

describe('the ledger', () => {
  const outcome = { status: 'accepted', way: 'patch', issues: [] } as const;

  it('keeps what the latest change came to, whichever is settled last', async () => {
    const ledger = new ChangeLedger(new MapStore(), 'p/');
    await ledger.settle([{ change: change('price', { order: '5' }), outcome }]);
    await ledger.settle([{ change: change('price', { order: '3' }), outcome }]);
    expect(await ledger.read([change('price'), change('quantity')])).toEqual([
      { order: '5', outcome },
      undefined,
    ]);
  });

  it('keeps the fields of a listing apart, though both are settled at the same time', async () => {
    const ledger = new ChangeLedger(new MapStore(), 'p/');
    await Promise.all(
      (['price', 'quantity'] as const).map((field) => ledger.settle([{ change: change(field), outcome }])),
    );
    expect(await ledger.read([change('price'), change('quantity')])).toEqual([
      { order: '1', outcome },
      { order: '1', outcome },
    ]);
  });
});

class MapStore implements KeyValueStore {
  readonly #values = new Map<string, JsonValue>();

  async get(key: string): Promise<JsonValue | undefined> {
    return this.#values.get(key);
  }

  async set(key: string, value: JsonValue): Promise<void> {
    this.#values.set(key, value);
  }

  async delete(key: string): Promise<void> {
    this.#values.delete(key);
  }

  async keys(prefix: string): Promise<readonly string[]> {
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}
