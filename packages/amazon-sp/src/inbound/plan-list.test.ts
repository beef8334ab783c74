import { describe, expect, it } from '@jest/globals';
import { planList } from './plan-list.js';

interface Params {
  readonly inboundPlanId: string;
  readonly pageSize?: number;
  readonly paginationToken?: string;
}

describe('A list of an inbound plan', () => {
  it('asks for the largest pages, each with what the first was asked with', async () => {
    const asked: Params[] = [];
    const list = planList(
      { kind: 'items', pageSize: 1_000 },
      async (params: Params) => {
        asked.push(params);
        return asked.length === 1 ? { items: [1], pagination: { nextToken: 'more' } } : { items: [2] };
      },
      ({ items }) => items,
    );
    expect(await Array.fromAsync(list.list({ inboundPlanId: 'p' }))).toEqual([1, 2]);
    const first = { inboundPlanId: 'p', pageSize: 1_000 };
    expect(asked).toEqual([first, { ...first, paginationToken: 'more' }]);
  });
});
