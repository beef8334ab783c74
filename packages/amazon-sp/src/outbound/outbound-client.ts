import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import {
  type Address,
  isErrorOf,
  type KeyValueStore,
  type MarketplaceId,
  type Page,
  type Paged,
  ValidationError,
} from '@fluxori/core';
import { instant } from '../mapping/instant.js';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import { namingNotFound } from '../pipeline/naming-not-found.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { listOptions, TokenList } from '../pipeline/token-list.js';
import { Prepared } from '../workflow/prepared.js';
import {
  type OutboundPreview,
  type OutboundTracking,
  toOutboundOrder,
  toOutboundSummary,
  toPreview,
  toTracking,
} from './outbound-mapping.js';
import type {
  NewOutboundItem,
  NewOutboundOrder,
  OutboundOrder,
  OutboundOrderSummary,
  ShippingSpeed,
} from './outbound-order.js';
import { toAmazonAddress, toAmazonOrder, toItems, wrongIn } from './outbound-request.js';
import { namingOutboundOrder, OutboundReturns } from './outbound-returns.js';

type ListParams = ParamsOf<'fulfillmentOutbound', '2020-07-01', 'listAllFulfillmentOrders'>;
type UpdateBody = ParamsOf<'fulfillmentOutbound', '2020-07-01', 'updateFulfillmentOrder'>['body'];
type Features = NonNullable<
  ResponseOf<'fulfillmentOutbound', '2020-07-01', 'getFeatures'>['payload']
>['features'];

export interface OutboundQuery extends SpCallOptions {
  /** Orders changed at this time or later; of the last 36 hours by default, as at Amazon. */
  readonly updatedSince?: Date;
  /** The recipient's address: personal data. */
  readonly includeRecipient?: boolean;
  readonly cursor?: string;
}

export interface PreviewQuestion {
  readonly shipTo: Address;
  readonly items: readonly NewOutboundItem[];
  /** All by default. */
  readonly speeds?: readonly ShippingSpeed[];
  readonly marketplaceId?: MarketplaceId;
}

/** What is to be otherwise in an order that is held or not yet being packed. */
export interface OutboundChange {
  /** Ends the hold: the order is sent. */
  readonly release?: boolean;
  readonly speed?: ShippingSpeed;
  readonly comment?: string;
  readonly shipTo?: Address;
  readonly items?: readonly (NewOutboundItem & { readonly itemId: string })[];
}

/** Goods that lie with Amazon, sent to whom the seller says (fulfillment outbound 2020-07-01). */
export class OutboundClient {
  readonly returns: OutboundReturns;
  readonly #context: SectionContext;
  readonly #prepared: Prepared<NewOutboundOrder>;

  constructor(context: SectionContext, { secureKeyValues }: { secureKeyValues: KeyValueStore }) {
    this.#context = context;
    this.returns = new OutboundReturns(context);
    this.#prepared = new Prepared({
      ...{ store: secureKeyValues, accountId: context.config.accountId, room: 'outbound' },
      named: { field: 'outboundOrderId', what: 'order', by: 'connector.outbound.prepare(order)' },
    });
  }

  /** What an order would cost and when it would arrive, at each speed. */
  async preview(question: PreviewQuestion, options: SpCallOptions = {}): Promise<readonly OutboundPreview[]> {
    const wrong = wrongIn(this.#account, 'fulfillmentOutbound@2020-07-01.getFulfillmentPreview');
    const { speeds } = question;
    const { payload } = await this.#api.getFulfillmentPreview(
      {
        body: {
          marketplaceId: marketplaceIn(this.#context, question.marketplaceId).id,
          address: toAmazonAddress(question.shipTo, wrong),
          items: toItems(question.items, wrong).map(
            ({ sellerSku, sellerFulfillmentOrderItemId, quantity, perUnitDeclaredValue }) => ({
              ...{ sellerSku, sellerFulfillmentOrderItemId, quantity },
              ...(perUnitDeclaredValue && { perUnitDeclaredValue }),
            }),
          ),
          ...(speeds && { shippingSpeedCategories: [...speeds] }),
          includeDeliveryWindows: speeds?.includes('ScheduledDelivery') ?? false,
        },
      },
      callOptions(options),
    );
    return (payload?.fulfillmentPreviews ?? []).map(toPreview);
  }

  /**
   * Lets Amazon send goods. Not repeatable blindly: when the answer is lost, `find` tells whether it arrived. The job `outbound.orders.create` does
   * that, and so makes it exactly once.
   *
   * @throws ValidationError naming the field; nothing was sent then.
   */
  async create(order: NewOutboundOrder, options: SpCallOptions = {}): Promise<void> {
    await this.#api.createFulfillmentOrder({ body: this.#written(order) }, callOptions(options));
  }

  /**
   * Checks an order and keeps it for the job `outbound.orders.create`, so that the recipient is not in the queue's payloads but in the
   * connector's secure key values. It is forgotten when it was sent, or after 30 days.
   *
   * @returns the job's payload.
   */
  async prepare(order: NewOutboundOrder): Promise<{ readonly outboundOrderId: string }> {
    this.#written(order);
    await this.#prepared.keep(order.outboundOrderId, order);
    return { outboundOrderId: order.outboundOrderId };
  }

  /** What was prepared. @throws ValidationError when nothing is, or not any more. */
  prepared(outboundOrderId: string): Promise<NewOutboundOrder> {
    return this.#prepared.read(outboundOrderId);
  }

  /** Forgets what was prepared, e.g. because the recipient asks for it. */
  forget(outboundOrderId: string): Promise<void> {
    return this.#prepared.forget(outboundOrderId);
  }

  /** @throws NotFoundError naming the order. */
  async get(
    outboundOrderId: string,
    options: SpCallOptions & { includeRecipient?: boolean } = {},
  ): Promise<OutboundOrder> {
    const { payload } = await this.#api
      .getFulfillmentOrder({ sellerFulfillmentOrderId: outboundOrderId }, callOptions(options))
      .catch(namingOutboundOrder(outboundOrderId));
    if (payload === undefined) throw this.#nothing(outboundOrderId);
    const { includeRecipient } = options;
    return toOutboundOrder(payload, { accountId: this.#account, includeRecipient });
  }

  /** The order, or undefined when Amazon does not have it. */
  async find(outboundOrderId: string, options: SpCallOptions = {}): Promise<OutboundOrder | undefined> {
    try {
      return await this.get(outboundOrderId, options);
    } catch (error) {
      if (isErrorOf(error, 'NotFoundError')) return undefined;
      throw error;
    }
  }

  /** Orders, in Amazon's order. */
  list(query: OutboundQuery = {}): Paged<OutboundOrderSummary> {
    return this.#orders(query).list(listParams(query), listOptions(query));
  }

  /** One page of `list`. */
  async page(query: OutboundQuery = {}): Promise<Page<OutboundOrderSummary>> {
    return this.#orders(query).page(listParams(query), listOptions(query));
  }

  /** Changes an order that is held or not yet being packed. Repeatable: it says how it is to be. @throws NotFoundError naming the order. */
  async update(outboundOrderId: string, change: OutboundChange, options: SpCallOptions = {}): Promise<void> {
    const wrong = wrongIn(this.#account, 'fulfillmentOutbound@2020-07-01.updateFulfillmentOrder');
    const { release, speed, comment, shipTo, items } = change;
    const body: UpdateBody = {
      ...(release && { fulfillmentAction: 'Ship' }),
      ...(speed && { shippingSpeedCategory: speed }),
      ...(comment !== undefined && { displayableOrderComment: comment }),
      ...(shipTo && { destinationAddress: toAmazonAddress(shipTo, wrong) }),
      ...(items && { items: toItems(items, wrong) }),
    };
    await this.#api
      .updateFulfillmentOrder({ sellerFulfillmentOrderId: outboundOrderId, body }, callOptions(options))
      .catch(namingOutboundOrder(outboundOrderId));
  }

  /** Stops an order on which Amazon has not begun to work. Repeatable. @throws NotFoundError naming the order. */
  async cancel(outboundOrderId: string, options: SpCallOptions = {}): Promise<void> {
    await this.#api
      .cancelFulfillmentOrder({ sellerFulfillmentOrderId: outboundOrderId }, callOptions(options))
      .catch(namingOutboundOrder(outboundOrderId));
  }

  /** Where a parcel is. */
  async tracking(packageNumber: number, options: SpCallOptions = {}): Promise<OutboundTracking> {
    const { payload } = await this.#api
      .getPackageTrackingDetails({ packageNumber }, callOptions(options))
      .catch(
        namingNotFound(() => ({
          what: `The parcel ${packageNumber}`,
          field: 'packageNumber',
          remedy: 'Take the package number from a shipment of `get`.',
        })),
      );
    return payload === undefined ? { packageNumber, events: [] } : toTracking(payload);
  }

  /** What Amazon offers with such orders in a marketplace, e.g. plain boxes, and whether the seller takes part. */
  async features(query: SpCallOptions & { marketplaceId?: MarketplaceId } = {}): Promise<Features> {
    const marketplaceId = marketplaceIn(this.#context, query.marketplaceId).id;
    const { payload } = await this.#api.getFeatures({ marketplaceId }, callOptions(query));
    return payload?.features ?? [];
  }

  get #account() {
    return this.#context.config.accountId;
  }

  get #api() {
    return this.#context.api('fulfillmentOutbound', '2020-07-01');
  }

  #written(order: NewOutboundOrder) {
    const marketplace = marketplaceIn(this.#context, order.marketplaceId);
    return toAmazonOrder(order, { marketplace, account: this.#account });
  }

  #orders({ includeRecipient }: OutboundQuery): TokenList<ListParams, OutboundOrderSummary> {
    return new TokenList({
      kind: 'outbound orders',
      token: 'nextToken',
      fetch: async (params, options) => {
        const { payload } = await this.#api.listAllFulfillmentOrders(params, options);
        const { fulfillmentOrders = [], nextToken } = payload ?? {};
        const subject = { accountId: this.#account, includeRecipient };
        return { items: fulfillmentOrders.map((order) => toOutboundSummary(order, subject)), nextToken };
      },
    });
  }

  #nothing(outboundOrderId: string): ValidationError {
    return new ValidationError(`outboundOrderId: Amazon answers nothing for ${outboundOrderId}.`, {
      field: 'outboundOrderId',
      account: this.#account,
      remedy: 'Check the number: it is the one that the order was created with.',
    });
  }
}

function listParams({ updatedSince }: OutboundQuery): ListParams {
  return updatedSince === undefined ? {} : { queryStartDate: instant(updatedSince, 'updatedSince') };
}
