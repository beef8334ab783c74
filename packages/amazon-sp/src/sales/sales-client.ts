import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import {
  type MarketplaceId,
  RemoteError,
  type SalesInterval,
  type Sku,
  ValidationError,
} from '@fluxori/core';
import { utc } from '../mapping/instant.js';
import { moneyOf } from '../mapping/money-of.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { longestAgoMs, type SalesGranularity } from './sales-facts.js';
import { zonedInstant } from './zoned-instant.js';

type Params = ParamsOf<'sales', 'v1', 'getOrderMetrics'>;
type Metrics = NonNullable<ResponseOf<'sales', 'v1', 'getOrderMetrics'>['payload']>[number];

export interface SalesQuery extends SpCallOptions {
  /** At most 30 days ago for hours, two years for all else. */
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
  /** `total`: one interval, from the beginning to the end. */
  readonly granularity: SalesGranularity;
  /** IANA name of the zone in which days and longer begin, e.g. `Africa/Johannesburg`; UTC by default. */
  readonly timeZone?: string;
  readonly marketplaceId?: MarketplaceId;
  readonly buyers?: Params['buyerType'];
  readonly fulfilledBy?: 'seller' | 'marketplace';
  /** Of one product: either this or `sku`. */
  readonly productId?: string;
  readonly sku?: Sku;
  /** Monday by default at Amazon. */
  readonly firstDayOfWeek?: Params['firstDayOfWeek'];
  readonly amazonProgram?: Params['amazonProgram'];
}

const operation = 'sales.getOrderMetrics';

/** What was ordered, added up by time (sales v1). */
export class SalesClient {
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
  }

  /**
   * What was ordered from one moment to another. The first and the last interval hold less than the others when the beginning or the end lies
   * within them. One request, however many intervals there are: 0.5 a second, 15 at once.
   *
   * @throws ValidationError for a time that Amazon does not answer to, an unknown zone, or both a product and a SKU.
   */
  async metrics(query: SalesQuery): Promise<readonly SalesInterval[]> {
    const marketplace = marketplaceIn(this.#context, query.marketplaceId);
    const params = { marketplaceIds: [marketplace.id], ...this.#params(query) };
    const { payload = [] } = await this.#context.api('sales').getOrderMetrics(params, callOptions(query));
    const { accountId } = this.#context.config;
    const { granularity, timeZone = 'UTC' } = query;
    return payload.map((one) => ({
      ...{ accountId, marketplaceId: marketplace.id, granularity, timeZone },
      ...this.#read(one),
    }));
  }

  #params(query: SalesQuery): Omit<Params, 'marketplaceIds'> {
    const { from, to, granularity, timeZone = 'UTC' } = query;
    const { buyers, fulfilledBy, productId, sku, firstDayOfWeek, amazonProgram } = query;
    const interval = `${zonedInstant(from, timeZone, 'from')}--${zonedInstant(to, timeZone, 'to')}`;
    if (to <= from) throw this.#wrong('to', 'must be later than from');
    if (typeof granularity !== 'string' || !Object.hasOwn(longestAgoMs, granularity))
      throw this.#wrong('granularity', `is none of ${Object.keys(longestAgoMs).join(', ')}`);
    const longest = longestAgoMs[granularity];
    if (this.#context.clock.now() - from.getTime() > longest) {
      const days = Math.floor(longest / 86_400_000);
      throw this.#wrong(
        'from',
        `lies more than ${days} days ago, the most that Amazon tells by ${granularity}`,
      );
    }
    if (productId !== undefined && sku !== undefined)
      throw this.#wrong('sku', 'cannot be used together with productId');
    return {
      interval,
      granularity: `${granularity[0]?.toUpperCase()}${granularity.slice(1)}` as Params['granularity'],
      // Amazon wants it for all that is longer than an hour, and its offset in the interval.
      ...(granularity !== 'hour' && { granularityTimeZone: timeZone }),
      ...(buyers && { buyerType: buyers }),
      ...(fulfilledBy && { fulfillmentNetwork: fulfilledBy === 'seller' ? 'MFN' : 'AFN' }),
      ...(productId && { asin: productId }),
      ...(sku && { sku }),
      ...(firstDayOfWeek && { firstDayOfWeek }),
      ...(amazonProgram && { amazonProgram }),
    };
  }

  #read(one: Metrics) {
    const [from, to] = one.interval.split('--').map(utc);
    const total = moneyOf(one.totalSales.amount, one.totalSales.currencyCode);
    const average = moneyOf(one.averageUnitPrice.amount, one.averageUnitPrice.currencyCode);
    if (from === undefined || to === undefined || total === undefined || average === undefined) {
      throw new RemoteError(`Amazon’s sales for ${this.#context.config.accountId} cannot be read.`, {
        ...{ code: 'REMOTE_UNREADABLE', status: 200, retryable: false, operation },
        account: this.#context.config.accountId,
        remedy: 'Ask by api("sales").getOrderMetrics, which gives the answer as it is, and tell us of it.',
      });
    }
    const { orderCount: orders, orderItemCount: orderItems, unitCount: units } = one;
    return { from, to, orders, orderItems, units, total, averageUnitPrice: average };
  }

  #wrong(field: string, text: string): ValidationError {
    return new ValidationError(`${field}: ${text}.`, {
      field,
      account: this.#context.config.accountId,
      operation,
      remedy: 'Correct the query; nothing was sent.',
    });
  }
}
