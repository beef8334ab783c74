import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import { invalidInput } from '../../http/refusal.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import { addOrder, dayMs, emptySum, ordersPlaced, type SalesSum } from '../../reports/traffic.js';
import type { StoredOrder } from '../../world/order.js';
import { decimalOf, marketplaceOfRecord } from '../money.js';
import { Zone } from './zone.js';

type Params = ParamsOf<'sales', 'v1', 'getOrderMetrics'>;
type Interval = NonNullable<ResponseOf<'sales', 'v1', 'getOrderMetrics'>['payload']>[number];

/** Zones differ by multiples of a quarter of an hour. */
const stepMs = 900_000;

export const getOrderMetrics = implement('sales', 'v1', 'getOrderMetrics', (call) => {
  const { marketplaceIds, granularity, asin, sku } = call.params;
  if (marketplaceIds.length !== 1) throw refuse('Only one marketplace can be specified.');
  if (asin !== undefined && sku !== undefined) throw refuse('Specifying both ASIN and SKU is not allowed.');
  const zone = zoneOf(call.params);
  const { fromMs, toMs } = spanOf(call.params, zone);
  const oldestMs = call.now() - (granularity === 'Hour' ? 30 : 731) * dayMs;
  if (fromMs < oldestMs) throw refuse(`interval: too long ago for granularity ${granularity}.`);
  const [marketplaceId] = marketplaceIds as [string];
  const sums = [...cuts(fromMs, toMs, call.params, zone)].map((one) => ({ ...one, sum: emptySum() }));
  for (const order of ordersPlaced(call.seller, marketplaceId, fromMs, toMs - 1)) {
    const interval = sums.findLast((one) => one.fromMs <= order.createdMs);
    if (interval !== undefined && isWanted(order, call.params))
      addOrder(interval.sum, order, (one) => isWantedSku(call, marketplaceId, one));
  }
  return { payload: sums.map((one) => render(one, marketplaceId, zone)) };
});

function isWanted(order: StoredOrder, { buyerType = 'All', fulfillmentNetwork }: Params): boolean {
  const network = order.fulfilledBy === 'AMAZON' ? 'AFN' : 'MFN';
  if (fulfillmentNetwork !== undefined && fulfillmentNetwork !== network) return false;
  return buyerType === 'All' || (buyerType === 'B2B') === order.business;
}

function isWantedSku(
  { params: { asin, sku }, seller }: OperationCall<Params>,
  marketplaceId: string,
  one: string,
): boolean {
  if (asin !== undefined) return seller.listing(marketplaceId, one)?.asin === asin;
  return sku === undefined || sku === one;
}

function render(
  { fromMs, toMs, sum }: { fromMs: number; toMs: number; sum: SalesSum },
  marketplaceId: string,
  zone: Zone,
): Interval {
  const marketplace = marketplaceOfRecord({ marketplaceId });
  const amount = (cents: number) => ({
    amount: decimalOf(cents, marketplace),
    currencyCode: marketplace.currency,
  });
  return {
    interval: `${written(fromMs, zone)}--${written(toMs, zone)}`,
    unitCount: sum.units,
    orderItemCount: sum.items,
    orderCount: sum.orders,
    averageUnitPrice: amount(sum.units === 0 ? 0 : sum.cents / sum.units),
    totalSales: amount(sum.cents),
  };
}

/** Where the clocks of the zone begin a new hour, day, …; the first and the last piece may be shorter. */
function* cuts(fromMs: number, toMs: number, params: Params, zone: Zone) {
  let beginMs = fromMs;
  let name = pieceOf(fromMs, params, zone);
  for (let ms = Math.floor(fromMs / stepMs + 1) * stepMs; ms < toMs; ms += stepMs) {
    const next = pieceOf(ms, params, zone);
    if (next === name) continue;
    yield { fromMs: beginMs, toMs: ms };
    [beginMs, name] = [ms, next];
  }
  yield { fromMs: beginMs, toMs };
}

function pieceOf(ms: number, { granularity, firstDayOfWeek }: Params, zone: Zone): string {
  const local = new Date(ms + zone.offsetMs(ms));
  const text = local.toISOString();
  if (granularity === 'Total') return '';
  if (granularity === 'Week') {
    const days = (local.getUTCDay() + (firstDayOfWeek === 'Sunday' ? 0 : 6)) % 7;
    return new Date(local.getTime() - days * dayMs).toISOString().slice(0, 10);
  }
  return text.slice(0, { Hour: 13, Day: 10, Month: 7, Year: 4 }[granularity]);
}

function zoneOf({ granularity, granularityTimeZone: name }: Params): Zone {
  if (granularity !== 'Hour' && name === undefined)
    throw refuse('granularityTimeZone is required for granularities greater than Hour.');
  try {
    return new Zone(name ?? 'UTC');
  } catch {
    throw refuse(`granularityTimeZone: '${name}' is no time zone.`);
  }
}

const bounds = /^(.+?(?:Z|[+-]\d\d:?\d\d))--(.+(?:Z|[+-]\d\d:?\d\d))$/;

function spanOf({ interval, granularity }: Params, zone: Zone): { fromMs: number; toMs: number } {
  const [, from = '', to = ''] = bounds.exec(interval) ?? [];
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (Number.isNaN(fromMs) || Number.isNaN(toMs))
    throw refuse('interval must be two dates with offsets, separated by two hyphens.');
  if (toMs <= fromMs) throw refuse('interval: the end must be after the beginning.');
  if (granularity !== 'Hour' && (!fits(from, fromMs, zone) || !fits(to, toMs, zone)))
    throw refuse(`interval: the offsets must be those of ${zone.name}.`);
  return { fromMs, toMs };
}

function fits(text: string, ms: number, zone: Zone): boolean {
  if (zone.isUtc) return text.endsWith('Z');
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)$/.exec(text) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return (sign === '-' ? -offset : offset) === zone.offsetMs(ms);
}

/** As Amazon writes it: without seconds. */
function written(ms: number, zone: Zone): string {
  if (zone.isUtc) return `${new Date(ms).toISOString().slice(0, 16)}Z`;
  const offset = zone.offsetMs(ms);
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 3_600_000), (Math.abs(offset) / 60_000) % 60];
  const two = (number: number) => String(number).padStart(2, '0');
  return `${new Date(ms + offset).toISOString().slice(0, 16)}${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
}

function refuse(details: string): Error {
  return invalidInput('Request has missing or invalid parameters and cannot be parsed.', details);
}
