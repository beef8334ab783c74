import type { AccountId, MarketplaceId, OrderId, Sku } from '../identity/ids.js';
import type { Money } from '../money/money.js';

/** Where an order stands, in words that hold for every marketplace. `unknown` keeps a platform's new status from being lost: see `platformStatus`. */
export type OrderStatus =
  | 'pending'
  | 'unshipped'
  | 'partially-shipped'
  | 'shipped'
  | 'cancelled'
  | 'unfulfillable'
  | 'unknown';

/** Who ships: the seller, or the marketplace from its own warehouse. */
export type FulfilledBy = 'seller' | 'marketplace';

/** What an amount is for. `other` keeps a platform's new kind from being lost: see `platformType`. */
export type AmountType =
  | 'item'
  | 'shipping'
  | 'gift-wrap'
  | 'cash-on-delivery'
  | 'tax'
  | 'discount'
  | 'tip'
  | 'other';

/** A part of what an order or a line brings in. The parts add up to the total, so a discount is below zero. */
export interface OrderAmount {
  readonly type: AmountType;
  /** The platform's own word for the type. */
  readonly platformType: string;
  /** For all units together. */
  readonly amount: Money;
  /** What the amount is made of where the platform says so, e.g. the tax on the goods and the tax on their shipping. */
  readonly parts?: readonly Omit<OrderAmount, 'parts'>[];
}

/** Who asked for a cancellation or carried it out. */
export type CancellationParty = 'buyer' | 'seller' | 'marketplace' | 'unknown';

/** A cancellation that was asked for or carried out. What the buyer wrote is not kept: it may hold personal data. */
export interface Cancellation {
  readonly by: CancellationParty;
  /** The platform's code, e.g. `NO_LONGER_NEEDED`; absent when it gives none, or gives free text. */
  readonly reasonCode?: string;
  /** ISO 8601 in UTC, if the platform tells it. */
  readonly at?: string;
}

/**
 * One line of an order. Where the platform tells them, the quantities account for every unit:
 * `quantityOrdered = quantityShipped + quantityCancelled + quantityUnfulfilled`.
 */
export interface OrderItem {
  /** The platform's id of the line. */
  readonly orderItemId: string;
  readonly sku?: Sku;
  /** The platform's product id, e.g. an ASIN. */
  readonly productId?: string;
  readonly title?: string;
  readonly quantityOrdered: number;
  readonly quantityShipped: number;
  /** Units that will not be sent. */
  readonly quantityCancelled?: number;
  /** Units that are still to be sent. */
  readonly quantityUnfulfilled?: number;
  /** Price of one unit. */
  readonly unitPrice?: Money;
  /** What the line brings in, all units, as the platform says it. */
  readonly lineTotal?: Money;
  /** What `lineTotal` is made of. */
  readonly amounts?: readonly OrderAmount[];
  /** The platform's words for the state of the goods, the wider before the narrower, e.g. `NEW` or `USED/VERY_GOOD`. */
  readonly condition?: string;
  /** The platform's ids of the promotions that lowered the price. */
  readonly promotionIds?: readonly string[];
  /** The platform's words for what is special about the line, e.g. `SUBSCRIBE_AND_SAVE`. */
  readonly programs?: readonly string[];
  /** The buyer wants it wrapped or sent with a message as a gift. The message is personal and never in here. */
  readonly gift?: boolean;
  /** Somebody asked that what is left of the line be not sent. */
  readonly cancellationRequest?: Cancellation;
  /** The line, or a part of it, was cancelled. */
  readonly cancellation?: Cancellation;
}

/** How another order belongs to this one. `unknown` keeps a platform's new kind from being lost: see `platformRelation`. */
export type OrderRelation = 'replaces' | 'replaced-by' | 'exchange-for' | 'exchanged-by' | 'unknown';

export interface RelatedOrder {
  readonly orderId: OrderId;
  /** What this order does to the other: `replaces` says that this one was sent in the place of `orderId`. */
  readonly relation: OrderRelation;
  /** The platform's own word for the relation. */
  readonly platformRelation: string;
}

/** Where a parcel goes. Personal data: present only when it was asked for. */
export interface Address {
  readonly name?: string;
  readonly lines: readonly string[];
  readonly city?: string;
  readonly stateOrRegion?: string;
  readonly postalCode?: string;
  readonly countryCode?: string;
  readonly phone?: string;
}

/** One order, the same for every marketplace. Dates are ISO 8601 in UTC, so that an order is plain JSON. */
export interface Order {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  readonly orderId: OrderId;
  readonly status: OrderStatus;
  /** The platform's own word for the status. */
  readonly platformStatus: string;
  readonly purchasedAt: string;
  readonly updatedAt: string;
  readonly fulfilledBy?: FulfilledBy;
  readonly salesChannel?: string;
  /** The seller's own number of the order. */
  readonly sellerOrderId?: string;
  /** The platform's words for what is special about the order, e.g. `PRIME`, `AMAZON_BUSINESS`, `PREORDER`. */
  readonly programs?: readonly string[];
  /** Orders that this one replaces, or that replace it. */
  readonly relatedOrders?: readonly RelatedOrder[];
  /** The platform's word for the speed that the buyer chose, e.g. `STANDARD`. */
  readonly shippingServiceLevel?: string;
  /** What was promised to the buyer: to leave not before … */
  readonly shipAfter?: string;
  /** … and not after; */
  readonly shipBy?: string;
  /** to arrive not before … */
  readonly deliverAfter?: string;
  /** … and not after. */
  readonly deliverBy?: string;
  /** Somebody asked that the order, or a line of it, be not sent: look before you ship. The lines say which where the platform does. */
  readonly cancellationRequest?: Cancellation;
  readonly total?: Money;
  /** What `total` is made of. */
  readonly amounts?: readonly OrderAmount[];
  readonly items: readonly OrderItem[];
  /** Personal data: only when it was asked for. */
  readonly shipTo?: Address;
  /** Personal data: only when it was asked for. */
  readonly buyerEmail?: string;
}

/** What a seller tells the marketplace when a parcel leaves. */
export interface ShipmentConfirmation {
  readonly orderId: OrderId;
  readonly marketplaceId: MarketplaceId;
  /** The seller's own number of the parcel, unique within the order. */
  readonly packageId: string;
  readonly carrier: string;
  readonly shippingMethod?: string;
  readonly trackingNumber: string;
  /** ISO 8601. */
  readonly shippedAt: string;
  readonly items: readonly { readonly orderItemId: string; readonly quantity: number }[];
}
