import type { ParamsOf } from '@fluxori/amazon-sp-models';
import { momentOf } from '../../checks/moment.js';
import { invalidInput } from '../../http/refusal.js';
import { implement } from '../../operation/implementation.js';
import type { StoredOrder } from '../../world/order.js';
import type { OrderPosition, OrderTime } from '../../world/order-book.js';
import { renderOrderV0, v0Statuses } from './render-order.js';

type Query = ParamsOf<'orders', 'v0', 'getOrders'>;

interface Bookmark {
  readonly time: OrderTime;
  readonly from: number;
  readonly to: number;
  readonly after: OrderPosition;
}

const largestPage = 100;
const message = 'Request has missing or invalid parameters and cannot be parsed.';

/** With NextToken the dates need not come again: the token holds them. */
export const getOrders = implement('orders', 'v0', 'getOrders', (call) => {
  const { params, seller } = call;
  const pageSize = params.MaxResultsPerPage ?? largestPage;
  if (pageSize < 1 || pageSize > largestPage)
    throw invalidInput(message, 'MaxResultsPerPage must be from 1 to 100.');
  const owner = `orders@v0.getOrders|${seller.sellerId}|${call.region}`;
  const query = JSON.stringify([params.MarketplaceIds, params.OrderStatuses, params.FulfillmentChannels]);
  const bookmark =
    params.NextToken === undefined
      ? undefined
      : call.pages.read<Bookmark>(owner, query, params.NextToken, 'NextToken');
  const { time, from, to } = bookmark ?? spanOf(params, call.now() - call.settleMs);
  const page: StoredOrder[] = [];
  let more = false;
  for (const order of seller.orders.walk(time, from, to, bookmark?.after)) {
    if (!wanted(params, order)) continue;
    more = page.length === pageSize;
    if (more) break;
    page.push(order);
  }
  const last = page.at(-1);
  const before = new Date(to).toISOString();
  const next: Bookmark | undefined =
    more && last ? { time, from, to, after: { ms: last[time], id: last.id } } : undefined;
  return {
    payload: {
      Orders: page.map((order) => renderOrderV0(seller, order, call.dataElements)),
      ...(next ? { NextToken: call.pages.issue(owner, query, next, call.orderPageTokenLifetimeMs) } : {}),
      ...(time === 'updatedMs' ? { LastUpdatedBefore: before } : { CreatedBefore: before }),
    },
  };
});

function spanOf(params: Query, latestMs: number): { time: OrderTime; from: number; to: number } {
  const { CreatedAfter, CreatedBefore, LastUpdatedAfter, LastUpdatedBefore } = params;
  if (CreatedAfter === undefined && LastUpdatedAfter === undefined)
    throw invalidInput(message, 'Either CreatedAfter or LastUpdatedAfter is required.');
  if (CreatedAfter !== undefined && (LastUpdatedAfter ?? LastUpdatedBefore) !== undefined)
    throw invalidInput(message, 'LastUpdatedAfter and LastUpdatedBefore cannot be set with CreatedAfter.');
  const created = CreatedAfter !== undefined;
  const from = readMoment(
    created ? 'CreatedAfter' : 'LastUpdatedAfter',
    (CreatedAfter ?? LastUpdatedAfter) as string,
  );
  const before = created ? CreatedBefore : LastUpdatedBefore;
  const to =
    before === undefined ? latestMs : readMoment(created ? 'CreatedBefore' : 'LastUpdatedBefore', before);
  if (before !== undefined && to > latestMs)
    throw invalidInput(message, 'The end of the span must be at least two minutes before the current time.');
  return { time: created ? 'createdMs' : 'updatedMs', from, to };
}

/** v0 describes its dates as plain text, so they are checked here only. */
function readMoment(name: string, text: string): number {
  const ms = momentOf(text);
  if (ms === undefined) throw invalidInput(message, `${name} must be an ISO 8601 date, not '${text}'.`);
  return ms;
}

function wanted(params: Query, order: StoredOrder): boolean {
  const channel = order.fulfilledBy === 'AMAZON' ? 'AFN' : 'MFN';
  return (
    params.MarketplaceIds.includes(order.marketplaceId) &&
    (params.OrderStatuses?.includes(v0Statuses[order.status]) ?? true) &&
    (params.FulfillmentChannels?.includes(channel) ?? true) &&
    (params.AmazonOrderIds?.includes(order.id) ?? true)
  );
}
