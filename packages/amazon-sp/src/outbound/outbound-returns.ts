import type { MarketplaceId, Sku } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import { marketplaceIn } from '../pipeline/marketplace-in.js';
import { namingNotFound } from '../pipeline/naming-not-found.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { toReturn } from './outbound-mapping.js';
import type { OutboundReturn } from './outbound-order.js';

export interface ReturnWish {
  /** The seller's own number of the return, at most 80 characters. */
  readonly returnItemId: string;
  readonly itemId: string;
  readonly shipmentId: string;
  /** One of `returnReasons`. */
  readonly reasonCode: string;
  readonly comment?: string;
}

export interface ReturnResult {
  readonly accepted: readonly OutboundReturn[];
  readonly refused: readonly {
    readonly returnItemId: string;
    readonly code: string;
    readonly reason: string;
  }[];
  /** For the parcel that comes back: the id and the page with the label. The address belongs to Amazon. */
  readonly authorisations: readonly { readonly rmaId: string; readonly pageUrl: string }[];
}

/** Goods of outbound orders that come back. */
export class OutboundReturns {
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
  }

  /** Why goods may come back, as Amazon wants it said. */
  async reasons(
    sku: Sku,
    query: SpCallOptions & {
      outboundOrderId?: string;
      marketplaceId?: MarketplaceId;
      language?: string;
    } = {},
  ): Promise<readonly { readonly code: string; readonly description: string }[]> {
    const { outboundOrderId, language } = query;
    const { payload } = await this.#api.listReturnReasonCodes(
      {
        sellerSku: sku,
        ...(outboundOrderId === undefined
          ? { marketplaceId: marketplaceIn(this.#context, query.marketplaceId).id }
          : { sellerFulfillmentOrderId: outboundOrderId }),
        ...(language && { language }),
      },
      callOptions(query),
    );
    return (payload?.reasonCodeDetails ?? []).map(
      ({ returnReasonCode, description, translatedDescription }) => ({
        code: returnReasonCode,
        description: translatedDescription ?? description,
      }),
    );
  }

  /** Announces goods that come back. Repeatable: Amazon knows a return by its number. @throws NotFoundError naming the order. */
  async create(
    outboundOrderId: string,
    returns: readonly ReturnWish[],
    options: SpCallOptions = {},
  ): Promise<ReturnResult> {
    const items = returns.map(({ returnItemId, itemId, shipmentId, reasonCode, comment }) => ({
      sellerReturnItemId: returnItemId,
      sellerFulfillmentOrderItemId: itemId,
      amazonShipmentId: shipmentId,
      returnReasonCode: reasonCode,
      ...(comment !== undefined && { returnComment: comment }),
    }));
    const { payload = {} } = await this.#api
      .createFulfillmentReturn(
        { sellerFulfillmentOrderId: outboundOrderId, body: { items } },
        callOptions(options),
      )
      .catch(namingOutboundOrder(outboundOrderId));
    return {
      accepted: (payload.returnItems ?? []).map(toReturn),
      refused: (payload.invalidReturnItems ?? []).map(({ sellerReturnItemId, invalidItemReason }) => ({
        returnItemId: sellerReturnItemId,
        code: invalidItemReason.invalidItemReasonCode,
        reason: invalidItemReason.description,
      })),
      authorisations: (payload.returnAuthorizations ?? []).map(({ amazonRmaId, rmaPageURL }) => ({
        rmaId: amazonRmaId,
        pageUrl: rmaPageURL,
      })),
    };
  }

  get #api() {
    return this.#context.api('fulfillmentOutbound', '2020-07-01');
  }
}

/** For `catch`: names the order that Amazon does not have. */
export function namingOutboundOrder(outboundOrderId: string) {
  return namingNotFound(() => ({
    what: `The outbound order ${outboundOrderId}`,
    field: 'outboundOrderId',
    remedy: 'Check the number: it is the one that the order was created with.',
  }));
}
