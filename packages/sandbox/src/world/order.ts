export type OrderStatus =
  | 'PENDING_AVAILABILITY'
  | 'PENDING'
  | 'UNSHIPPED'
  | 'PARTIALLY_SHIPPED'
  | 'SHIPPED'
  | 'CANCELLED'
  | 'UNFULFILLABLE';

export const orderStatuses: readonly OrderStatus[] = [
  'PENDING_AVAILABILITY',
  'PENDING',
  'UNSHIPPED',
  'PARTIALLY_SHIPPED',
  'SHIPPED',
  'CANCELLED',
  'UNFULFILLABLE',
];

export interface LineCondition {
  readonly conditionType: string;
  readonly conditionSubtype: string;
}

export interface OrderLine {
  readonly orderItemId: string;
  readonly sku: string;
  readonly asin: string;
  readonly title: string;
  readonly quantity: number;
  shipped: number;
  /** Units that will not be sent. */
  cancelled: number;
  /** One unit, VAT included, in hundredths of the currency. */
  readonly unitCents: number;
  readonly promotionId?: string;
  readonly condition: LineCondition;
  readonly giftWrapped: boolean;
  readonly subscribed: boolean;
}

/** What is still to be sent. */
export function leftOf(line: OrderLine): number {
  return line.quantity - line.shipped - line.cancelled;
}

/** A parcel that the merchant confirmed. */
export interface OrderParcel {
  readonly packageReferenceId: string;
  readonly carrier: string;
  readonly shippingMethod?: string;
  readonly trackingNumber: string;
  readonly shippedMs: number;
  readonly createdMs: number;
  readonly lines: readonly { readonly orderItemId: string; readonly quantity: number }[];
}

/** An order as the far side keeps it. The buyer is not in it: he is made from the order's number when asked for. */
export interface StoredOrder {
  readonly number: number;
  readonly id: string;
  readonly sellerId: string;
  readonly marketplaceId: string;
  readonly createdMs: number;
  updatedMs: number;
  status: OrderStatus;
  readonly fulfilledBy: 'AMAZON' | 'MERCHANT';
  readonly serviceLevel: 'STANDARD' | 'EXPEDITED' | 'NEXT_DAY';
  readonly business: boolean;
  readonly lines: readonly OrderLine[];
  readonly parcels: OrderParcel[];
  cancelledBy?: 'BUYER' | 'MERCHANT' | 'AMAZON';
  /** Why the buyer asked that what is left be not sent, if he did. */
  readonly cancelRequest?: string;
  /** The seller's own number. */
  readonly sellerOrderId?: string;
  readonly preorder?: boolean;
  /** The order in whose place this one is sent, to the same buyer. */
  readonly replaces?: { readonly number: number; readonly id: string };
  /** What updateShipmentStatus (in-store pick-up) said last. */
  pickupStatus?: string;
  verification?: {
    status: string;
    externalReviewerId: string;
    reviewedMs: number;
    rejectionReasonId?: string;
  };
}
