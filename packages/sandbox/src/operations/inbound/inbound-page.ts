import type { OperationCall } from '../../operation/implementation.js';

const pageTokenLifetimeMs = 3_600_000;

interface PageParams {
  readonly pageSize?: number;
  readonly paginationToken?: string;
}

/** One page of a list of this API. */
export function pageOf<Item>(
  call: Pick<OperationCall<PageParams>, 'pages' | 'seller' | 'params'>,
  list: string,
  all: readonly Item[],
): { items: Item[]; pagination?: { nextToken: string } } {
  const { pageSize = 10, paginationToken } = call.params;
  const owner = `fulfillmentInbound.${list}|${call.seller.sellerId}`;
  const at =
    paginationToken === undefined
      ? 0
      : call.pages.read<number>(owner, '', paginationToken, 'paginationToken');
  const until = at + pageSize;
  return {
    items: all.slice(at, until),
    ...(until < all.length
      ? { pagination: { nextToken: call.pages.issue(owner, '', until, pageTokenLifetimeMs) } }
      : {}),
  };
}
