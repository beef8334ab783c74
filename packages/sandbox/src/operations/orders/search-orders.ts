import type { ParamsOf } from '@fluxori/amazon-sp-models';
import { momentOf } from '../../checks/moment.js';
import { invalidInput } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import type { StoredOrder } from '../../world/order.js';
import type { OrderPosition, OrderTime } from '../../world/order-book.js';
import { renderOrder } from './render-order.js';

type Search = ParamsOf<'orders', '2026-01-01', 'searchOrders'>;

/** The far side's bookmark: the span is frozen by the first page, so later changes cannot shift what follows. */
interface Bookmark {
  readonly to: number;
  readonly after: OrderPosition;
}

const largestPage = 100;
const message = 'Request has missing or invalid parameters and cannot be parsed.';

/** Amazon shows an order only some time after its last change; `lastUpdatedBefore` of the answer says up to when. */
export const searchOrders = implement('orders', '2026-01-01', 'searchOrders', (call) => {
  const { params, seller } = call;
  const pageSize = params.maxResultsPerPage ?? largestPage;
  if (pageSize < 1 || pageSize > largestPage)
    throw invalidInput(message, `maxResultsPerPage must be from 1 to ${largestPage}.`);
  const span = spanOf(params, call.now(), call.settleMs);
  const owner = `orders.searchOrders|${seller.sellerId}|${call.region}`;
  const query = queryOf(params);
  const bookmark =
    params.paginationToken === undefined
      ? undefined
      : call.pages.read<Bookmark>(owner, query, params.paginationToken, 'paginationToken');
  const to = bookmark?.to ?? span.to;
  const regional = seller.marketplaces.filter((one) => one.region === call.region).map((one) => one.id);
  const wanted = filterOf(params, new Set(params.marketplaceIds ?? regional));
  const page: StoredOrder[] = [];
  let more = false;
  for (const order of seller.orders.walk(span.time, span.from, to, bookmark?.after)) {
    if (!wanted(order)) continue;
    if (page.length === pageSize) {
      more = true;
      break;
    }
    page.push(order);
  }
  const last = page.at(-1);
  const before = new Date(to).toISOString();
  const next: Bookmark | undefined =
    more && last ? { to, after: { ms: last[span.time], id: last.id } } : undefined;
  return {
    orders: page.map((order) => renderOrder(seller, order, new Set(params.includedData))),
    ...(next
      ? { pagination: { nextToken: call.pages.issue(owner, query, next, call.orderPageTokenLifetimeMs) } }
      : {}),
    ...(span.time === 'updatedMs' ? { lastUpdatedBefore: before } : { createdBefore: before }),
  };
});

function spanOf(
  params: Search,
  nowMs: number,
  settleMs: number,
): { time: OrderTime; from: number; to: number } {
  const { createdAfter, createdBefore, lastUpdatedAfter, lastUpdatedBefore } = params;
  if ((createdAfter === undefined) === (lastUpdatedAfter === undefined))
    throw invalidInput(message, 'Exactly one of createdAfter and lastUpdatedAfter is required.');
  if (createdAfter !== undefined && lastUpdatedBefore !== undefined)
    throw invalidInput(message, 'lastUpdatedBefore cannot be used with createdAfter.');
  if (lastUpdatedAfter !== undefined && createdBefore !== undefined)
    throw invalidInput(message, 'createdBefore cannot be used with lastUpdatedAfter.');
  const [name, after, before] =
    createdAfter !== undefined
      ? (['created', createdAfter, createdBefore] as const)
      : (['lastUpdated', lastUpdatedAfter as string, lastUpdatedBefore] as const);
  const from = momentOf(after) as number;
  const latestMs = nowMs - settleMs;
  if (from > nowMs) throw invalidInput(message, `${name}After must not be in the future.`);
  const to = before === undefined ? latestMs : (momentOf(before) as number);
  if (before !== undefined && to > latestMs)
    throw invalidInput(message, `${name}Before must be at least two minutes before the time of the request.`);
  if (before !== undefined && to < from)
    throw invalidInput(message, `${name}Before must not be before ${name}After.`);
  return { time: name === 'created' ? 'createdMs' : 'updatedMs', from, to };
}

function filterOf(params: Search, marketplaceIds: ReadonlySet<string>): (order: StoredOrder) => boolean {
  const statuses = params.fulfillmentStatuses && new Set<string>(params.fulfillmentStatuses);
  const parties = params.fulfilledBy && new Set<string>(params.fulfilledBy);
  return (order) =>
    marketplaceIds.has(order.marketplaceId) &&
    (statuses === undefined || statuses.has(order.status)) &&
    (parties === undefined || parties.has(order.fulfilledBy));
}

function queryOf(params: Search): string {
  const { paginationToken: _, ...rest } = params;
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
}
