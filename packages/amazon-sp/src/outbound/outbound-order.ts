import type { AccountId, Address, MarketplaceId, Money, Sku } from '@fluxori/core';

/** `ScheduledDelivery` needs a delivery window. */
export type ShippingSpeed = 'Standard' | 'Expedited' | 'Priority' | 'ScheduledDelivery';

/** What Amazon does when not all of it can be sent: nothing; wait for the rest; or leave the rest out. */
export type FulfilmentPolicy = 'FillOrKill' | 'FillAll' | 'FillAllAvailable';

export interface NewOutboundItem {
  readonly sku: Sku;
  /** Whole units. */
  readonly quantity: number;
  /** The seller's own number of the line, unique within the order; its position from 1 by default. */
  readonly itemId?: string;
  /** Personal data. */
  readonly giftMessage?: string;
  /** For the packing slip, at most 250 characters. */
  readonly comment?: string;
  /** What one unit is declared to be worth. */
  readonly declaredValue?: Money;
}

/** Goods that lie with Amazon, to be sent to somebody who did not buy them at Amazon (Multi-Channel Fulfilment). */
export interface NewOutboundOrder {
  /** The seller's own number, at most 40 characters. Amazon takes each number once, which makes an order be made once. */
  readonly outboundOrderId: string;
  /** The number on the packing slip; `outboundOrderId` by default. */
  readonly displayId?: string;
  /** When the recipient ordered; ISO 8601. */
  readonly placedAt: string;
  /** A text on the packing slip, 1 to 750 characters, e.g. thanks. */
  readonly comment: string;
  readonly speed: ShippingSpeed;
  /** ISO 8601. */
  readonly deliveryWindow?: { readonly from: string; readonly to: string };
  /** Personal data: it is sent to Amazon, and never put in a log, an error or a job's payload. */
  readonly shipTo: Address;
  /** Waits until `update(…, { release: true })`. */
  readonly hold?: boolean;
  /** `FillOrKill` by default, as at Amazon. */
  readonly policy?: FulfilmentPolicy;
  readonly marketplaceId?: MarketplaceId;
  /** ISO 3166, where the goods are to come from another country than the marketplace's. */
  readonly shipFromCountry?: string;
  /** At most 100, of at most 250 units in all. */
  readonly items: readonly NewOutboundItem[];
}

/** Where an order stands. `unknown` keeps a new status of Amazon's from being lost: see `platformStatus`. */
export type OutboundStatus =
  | 'received'
  | 'planning'
  | 'processing'
  | 'complete'
  | 'partly-complete'
  | 'cancelled'
  | 'unfulfillable'
  | 'invalid'
  | 'unknown';

export interface OutboundItem {
  readonly itemId: string;
  readonly sku: Sku;
  readonly quantity: number;
  readonly cancelled: number;
  readonly unfulfillable: number;
  /** ISO 8601 in UTC. */
  readonly shipsAt?: string;
  readonly arrivesAt?: string;
}

export interface OutboundPackage {
  /** For `tracking`. */
  readonly packageNumber: number;
  readonly carrier: string;
  readonly trackingNumber?: string;
  readonly arrivesAt?: string;
}

export interface OutboundShipment {
  readonly shipmentId: string;
  /** Amazon's word, e.g. `SHIPPED`. */
  readonly status: string;
  readonly fulfilmentCentre: string;
  readonly shippedAt?: string;
  readonly arrivesAt?: string;
  readonly items: readonly {
    readonly itemId: string;
    readonly sku: Sku;
    readonly quantity: number;
    readonly packageNumber?: number;
  }[];
  readonly packages: readonly OutboundPackage[];
}

export interface OutboundReturn {
  readonly returnItemId: string;
  readonly itemId: string;
  readonly shipmentId: string;
  readonly reasonCode: string;
  /** Amazon's word: `New` or `Processed`. */
  readonly status: string;
  readonly condition?: string;
  readonly changedAt?: string;
}

/** An order as Amazon lists it. Dates are ISO 8601 in UTC. */
export interface OutboundOrderSummary {
  readonly accountId: AccountId;
  readonly marketplaceId: MarketplaceId;
  readonly outboundOrderId: string;
  readonly displayId: string;
  readonly status: OutboundStatus;
  /** Amazon's own word for the status. */
  readonly platformStatus: string;
  readonly speed: string;
  readonly held: boolean;
  readonly policy?: string;
  readonly receivedAt: string;
  readonly updatedAt: string;
  /** Personal data: only when it was asked for. */
  readonly shipTo?: Address;
}

/** An order with all that belongs to it. */
export interface OutboundOrder extends OutboundOrderSummary {
  readonly items: readonly OutboundItem[];
  readonly shipments: readonly OutboundShipment[];
  readonly returns: readonly OutboundReturn[];
}
