import type { ParamsOf } from '@fluxori/amazon-sp-models';
import { type MarketplaceId, type Money, money, type Sku, ValidationError } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { zonedInstant } from './zoned-instant.js';

type Params = ParamsOf<'sales', 'v1', 'getOrderMetrics'>;

export interface SalesQuery extends SpCallOptions {
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
  readonly granularity: Params['granularity'];
  /** IANA name of the zone in which days, weeks and months begin, e.g. `Africa/Johannesburg`; UTC by default. */
  readonly timeZone?: string;
  readonly marketplaceId?: MarketplaceId;
  readonly buyers?: 'B2B' | 'B2C' | 'All';
  readonly fulfilledBy?: 'seller' | 'marketplace';
  /** Of one product: either this or `sku`. */
  readonly productId?: string;
  readonly sku?: Sku;
  readonly firstDayOfWeek?: Params['firstDayOfWeek'];
}

/** What was ordered in a stretch of time. */
export interface SalesInterval {
  readonly from: Date;
  readonly to: Date;
  readonly orders: number;
  readonly orderItems: number;
  readonly units: number;
  readonly averageUnitPrice: Money;
  readonly total: Money;
}

/** What was ordered, added up by time (sales v1). */
export class SalesClient {
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
  }

  /** @throws ValidationError for an end before the beginning, or for both a product and a SKU. */
  async metrics(query: SalesQuery): Promise<readonly SalesInterval[]> {
    const { payload = [] } = await this.#context
      .api('sales')
      .getOrderMetrics(this.#params(query), callOptions(query));
    return payload.map((one) => {
      const [from = '', to = ''] = one.interval.split('--');
      return {
        from: new Date(from),
        to: new Date(to),
        orders: one.orderCount,
        orderItems: one.orderItemCount,
        units: one.unitCount,
        averageUnitPrice: money(String(one.averageUnitPrice.amount), one.averageUnitPrice.currencyCode),
        total: money(String(one.totalSales.amount), one.totalSales.currencyCode),
      };
    });
  }

  #params(query: SalesQuery): Params {
    const {
      from,
      to,
      granularity,
      timeZone = 'UTC',
      buyers,
      fulfilledBy,
      productId,
      sku,
      firstDayOfWeek,
    } = query;
    const interval = `${zonedInstant(from, timeZone, 'from')}--${zonedInstant(to, timeZone, 'to')}`;
    if (to <= from) throw this.#wrong('to', 'must be later than from');
    if (productId !== undefined && sku !== undefined)
      throw this.#wrong('sku', 'cannot be used together with productId');
    return {
      marketplaceIds: [marketplaceIn(this.#context, query.marketplaceId).id],
      interval,
      granularity,
      // Amazon wants it for all that is longer than an hour, and its offset in the interval.
      ...(granularity !== 'Hour' && { granularityTimeZone: timeZone }),
      ...(buyers && { buyerType: buyers }),
      ...(fulfilledBy && { fulfillmentNetwork: fulfilledBy === 'seller' ? 'MFN' : 'AFN' }),
      ...(productId && { asin: productId }),
      ...(sku && { sku }),
      ...(firstDayOfWeek && { firstDayOfWeek }),
    };
  }

  #wrong(field: string, text: string): ValidationError {
    return new ValidationError(`${field}: ${text}.`, {
      field,
      account: this.#context.config.accountId,
      operation: 'sales.getOrderMetrics',
      remedy: 'Correct the query; nothing was sent.',
    });
  }
}
