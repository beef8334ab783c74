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

export interface OrderLine {
  readonly orderItemId: string;
  readonly sku: string;
  readonly asin: string;
  readonly title: string;
  readonly quantity: number;
  shipped: number;
  /** One unit, VAT included, in hundredths of the currency. */
  readonly unitCents: number;
  readonly promotionId?: string;
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
  cancelledBy?: 'BUYER' | 'SELLER' | 'AMAZON';
  /** What updateShipmentStatus (in-store pick-up) said last. */
  pickupStatus?: string;
  verification?: {
    status: string;
    externalReviewerId: string;
    reviewedMs: number;
    rejectionReasonId?: string;
  };
}
