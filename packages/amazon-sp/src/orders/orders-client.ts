import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import {
  isErrorOf,
  NotFoundError,
  type Order,
  type OrderId,
  type OrderQuery,
  type OrdersCapability,
  type Page,
  type Paged,
  paged,
  type ShipmentConfirmation,
  ValidationError,
} from '@fluxori/core';
import { instant } from '../mapping/instant.js';
import { type AnswerFacts, callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { checkObjects, checkText } from '../pipeline/check-list.js';
import { decodeCursor, encodeCursor } from '../pipeline/cursor.js';
import { marketplacesIn } from '../pipeline/marketplace-in.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { packageIdPattern, showsShipment, toConfirmShipment, toOrder } from './order-mapping.js';

/** Personal data comes only when it is asked for. */
export interface PersonalData {
  /** The delivery address. */
  readonly includeRecipient?: boolean;
  /** The buyer's e-mail address. */
  readonly includeBuyer?: boolean;
}

export interface AmazonOrderQuery extends OrderQuery, SpCallOptions, PersonalData {
  /** Orders changed at this time or before; with `updatedSince` only, and at least two minutes ago. */
  readonly updatedBefore?: Date;
  /** Orders placed at this time or before; with `placedSince` only, and at least two minutes ago. */
  readonly placedBefore?: Date;
  readonly statuses?: ParamsOf<'orders', '2026-01-01', 'searchOrders'>['fulfillmentStatuses'];
  /** Orders per page, 1 to 100; 100 by default. */
  readonly pageSize?: number;
}

/** One page of orders, and up to when Amazon looked. */
export interface OrderPage extends Page<Order> {
  /** Amazon's own limit of the listing: orders changed later are not in it. */
  readonly updatedBefore?: Date;
  /** The time at Amazon when it answered. */
  readonly answeredAt: Date;
}

type SearchParams = ParamsOf<'orders', '2026-01-01', 'searchOrders'>;
type RegulatedInfo = ResponseOf<'orders', 'v0', 'getOrderRegulatedInfo'>['payload'];
type ShipmentStatusBody = ParamsOf<'orders', 'v0', 'updateShipmentStatus'>['body'];

/** Orders: the 2026-01-01 API, and of v0 only what it did not take over. */
export class OrdersClient implements OrdersCapability {
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
  }

  /** @throws ValidationError unless exactly one of `updatedSince` and `placedSince` (or a cursor) is given. */
  list(query: AmazonOrderQuery): Paged<Order> {
    if (query.cursor === undefined) this.#searchParams(query);
    return paged((cursor) => this.page({ ...query, cursor }), query.cursor);
  }

  /** One page of `list`. */
  async page(query: AmazonOrderQuery): Promise<OrderPage> {
    const params =
      query.cursor === undefined
        ? this.#searchParams(query)
        : decodeCursor<{ params: SearchParams }>('orders', query.cursor).params;
    let facts: AnswerFacts | undefined;
    const answer = await this.#context.api('orders').searchOrders(params, {
      ...callOptions(query),
      onAnswer: (told) => {
        facts = told;
      },
    });
    const { nextToken } = answer.pagination ?? {};
    // The token is good only with the parameters that it came with.
    const { paginationToken: _, ...same } = params;
    const personal = {
      recipient: params.includedData?.includes('RECIPIENT'),
      buyer: params.includedData?.includes('BUYER'),
    };
    const answeredAt = new Date(Date.parse(facts?.headers.date ?? '') || this.#context.clock.now());
    return {
      items: answer.orders.map((order) => this.#toOrder(order, personal)),
      ...(nextToken && {
        nextCursor: encodeCursor('orders', { params: { ...same, paginationToken: nextToken } }),
      }),
      ...(answer.lastUpdatedBefore !== undefined && { updatedBefore: new Date(answer.lastUpdatedBefore) }),
      answeredAt,
    };
  }

  async get(orderId: OrderId, options: SpCallOptions & PersonalData = {}): Promise<Order> {
    const { order } = await this.#context
      .api('orders')
      .getOrder({ orderId, includedData: includedData(options) }, callOptions(options))
      .catch(namingOrder(orderId));
    return this.#toOrder(order, { recipient: options.includeRecipient, buyer: options.includeBuyer });
  }

  /**
   * Tells Amazon that a parcel has left. Not repeatable blindly: when the answer is lost, ask `hasShipment` before sending again
   * (the job `orders.confirmShipment` does).
   */
  async confirmShipment(confirmation: ShipmentConfirmation, options: SpCallOptions = {}): Promise<void> {
    const { orderId } = confirmation;
    const { config, endpoints } = this.#context;
    const marketplace = endpoints.marketplaceIn(config.region, confirmation.marketplaceId);
    checkText(confirmation.carrier, 'carrier');
    checkText(confirmation.shippedAt, 'shippedAt');
    checkText(confirmation.packageId, 'packageId');
    instant(new Date(confirmation.shippedAt), 'shippedAt');
    checkObjects(confirmation.items, 'items');
    if (!packageIdPattern.test(confirmation.packageId)) {
      throw new ValidationError('packageId: Amazon takes positive whole numbers, e.g. "1".', {
        field: 'packageId',
        account: config.accountId,
        remedy: 'Number the parcels of an order 1, 2, 3 …',
      });
    }
    const body = toConfirmShipment({ ...confirmation, marketplaceId: marketplace.id });
    await this.#context
      .api('orders', 'v0')
      .confirmShipment({ orderId, body }, callOptions(options))
      .catch(namingOrder(orderId));
  }

  /** Whether Amazon has this confirmation already: by its package, its tracking number, or because nothing is left to ship. */
  async hasShipment(confirmation: ShipmentConfirmation, options: SpCallOptions = {}): Promise<boolean> {
    const { orderId } = confirmation;
    checkObjects(confirmation.items, 'items');
    const { order } = await this.#context
      .api('orders')
      .getOrder({ orderId, includedData: ['FULFILLMENT', 'PACKAGES'] }, callOptions(options))
      .catch(namingOrder(orderId));
    return showsShipment(order, confirmation);
  }

  /** For orders that the buyer collects: ready, picked up, refused. */
  async updateShipmentStatus(
    orderId: OrderId,
    status: ShipmentStatusBody,
    options: SpCallOptions = {},
  ): Promise<void> {
    await this.#context
      .api('orders', 'v0')
      .updateShipmentStatus({ orderId, body: status }, callOptions(options))
      .catch(namingOrder(orderId));
  }

  /** What the law wants to know about an order of regulated products. Personal data: fetched with a restricted data token. */
  async regulatedInfo(orderId: OrderId, options: SpCallOptions = {}): Promise<RegulatedInfo> {
    const { payload } = await this.#context
      .api('orders', 'v0')
      .getOrderRegulatedInfo({ orderId }, callOptions(options))
      .catch(namingOrder(orderId));
    return payload;
  }

  #searchParams(query: AmazonOrderQuery): SearchParams {
    const { updatedSince, placedSince, updatedBefore, placedBefore } = query;
    if ((updatedSince === undefined) === (placedSince === undefined)) {
      throw new ValidationError('updatedSince, placedSince: exactly one of the two is needed.', {
        field: 'updatedSince',
        account: this.#context.config.accountId,
        remedy: 'Say since when orders are wanted, by their last change or by their placing.',
      });
    }
    return {
      marketplaceIds: marketplacesIn(this.#context, query.marketplaceIds),
      ...(updatedSince && { lastUpdatedAfter: instant(updatedSince, 'updatedSince') }),
      ...(updatedBefore && { lastUpdatedBefore: instant(updatedBefore, 'updatedBefore') }),
      ...(placedSince && { createdAfter: instant(placedSince, 'placedSince') }),
      ...(placedBefore && { createdBefore: instant(placedBefore, 'placedBefore') }),
      ...(query.statuses && { fulfillmentStatuses: query.statuses }),
      maxResultsPerPage: query.pageSize ?? 100,
      includedData: includedData(query),
    };
  }

  #toOrder(order: Parameters<typeof toOrder>[0], personal: { recipient?: boolean; buyer?: boolean }): Order {
    const { accountId, home } = this.#context.config;
    return toOrder(order, { accountId, home: home.id }, personal);
  }
}

/**
 * What is asked of Amazon for a canonical order. Not asked for: `PACKAGES` (parcels, which an order of ours does not hold), `EXPENSE` (Amazon
 * points only), `FULFILLMENT_ORDERS`, `PAYMENT`, and `TAX`, which holds the buyer's registration. Source: orders 2026-01-01.
 */
const orderData = ['FULFILLMENT', 'PROCEEDS', 'PROMOTION', 'CANCELLATION'] as const;

function includedData({ includeRecipient, includeBuyer }: PersonalData) {
  return [
    ...orderData,
    ...(includeRecipient ? (['RECIPIENT'] as const) : []),
    ...(includeBuyer ? (['BUYER'] as const) : []),
  ];
}

/** Amazon's "not found" names nothing; ours names the order. */
function namingOrder(orderId: string) {
  return (error: unknown): never => {
    if (!isErrorOf(error, 'NotFoundError')) throw error;
    throw new NotFoundError(`Order ${orderId} does not exist for ${error.account ?? 'this account'}.`, {
      ...error,
      cause: error,
      field: 'orderId',
      remedy: 'Check the order id, and that the order belongs to this seller.',
    });
  };
}
