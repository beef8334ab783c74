import type { Page, Paged } from '@fluxori/core';
import type { SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { type ListOptions, listOptions, TokenList } from '../pipeline/token-list.js';

interface Tokened {
  readonly paginationToken?: string;
}

/** What a list holds, and the most of it in one page: Amazon gives ten by default, at two calls a second. Source: fulfillment inbound 2024-03-20, checked November 2026. */
export interface PlanListSpec {
  readonly kind: string;
  readonly pageSize: number;
}

/** Every list of this API: its pages are led to by the same parameter and member. */
export function planList<
  Params extends Tokened,
  Answer extends { pagination?: { nextToken?: string } },
  Item,
>(
  { kind, pageSize }: PlanListSpec,
  fetch: (params: Params, options: SpCallOptions) => Promise<Answer>,
  itemsOf: (answer: Answer) => readonly Item[],
): {
  list(params: Params, options?: ListOptions): Paged<Item>;
  page(params: Params, options?: ListOptions): Promise<Page<Item>>;
} {
  const pages = new TokenList<Params, Item>({
    kind,
    token: 'paginationToken' as keyof Params & string,
    async fetch(params, options) {
      const answer = await fetch(params, options);
      return { items: itemsOf(answer), nextToken: answer.pagination?.nextToken };
    },
  });
  return {
    list: (params, options = {}) => pages.list({ pageSize, ...params }, listOptions(options)),
    page: (params, options = {}) => pages.page({ pageSize, ...params }, listOptions(options)),
  };
}

/** The API in the version that all of this is about. */
export function inboundApi({ api }: Pick<SectionContext, 'api'>) {
  return api('fulfillmentInbound', '2024-03-20');
}
