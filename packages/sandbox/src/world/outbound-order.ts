export type OutboundStatus =
  | 'New'
  | 'Received'
  | 'Planning'
  | 'Processing'
  | 'Cancelled'
  | 'Complete'
  | 'CompletePartialled'
  | 'Unfulfillable'
  | 'Invalid';

export interface OutboundLine {
  readonly itemId: string;
  readonly sku: string;
  quantity: number;
  cancelled: number;
  unfulfillable: number;
}

/** A parcel with goods of such an order. */
export interface OutboundParcel {
  readonly packageNumber: number;
  readonly shipmentId: string;
  readonly trackingNumber: string;
  readonly shippedMs: number;
}

export interface OutboundReturnItem {
  readonly returnItemId: string;
  readonly itemId: string;
  readonly shipmentId: string;
  readonly reasonCode: string;
  readonly createdMs: number;
}

/** Where the goods go. */
export interface OutboundAddress {
  readonly name: string;
  readonly addressLine1: string;
  readonly addressLine2?: string | undefined;
  readonly addressLine3?: string | undefined;
  readonly city?: string | undefined;
  readonly stateOrRegion?: string | undefined;
  readonly postalCode: string;
  readonly countryCode: string;
  readonly phone?: string | undefined;
}

/** An order of Multi-Channel Fulfilment: goods in Amazon's warehouses, sent to whom the seller says. */
export interface OutboundOrder {
  readonly id: string;
  readonly marketplaceId: string;
  readonly displayId: string;
  readonly displayDate: string;
  comment: string;
  speed: string;
  address: OutboundAddress;
  action: 'Ship' | 'Hold';
  readonly policy: string;
  readonly receivedMs: number;
  updatedMs: number;
  status: OutboundStatus;
  readonly lines: OutboundLine[];
  readonly parcels: OutboundParcel[];
  readonly returns: OutboundReturnItem[];
}

/** A seller's orders of that kind. */
export class OutboundBook {
  readonly #byId = new Map<string, OutboundOrder>();

  get(id: string): OutboundOrder | undefined {
    return this.#byId.get(id);
  }

  add(order: OutboundOrder): void {
    this.#byId.set(order.id, order);
  }

  /** Changed at that time or later, in order of the change. */
  since(ms: number): readonly OutboundOrder[] {
    return [...this.#byId.values()]
      .filter(({ updatedMs }) => updatedMs >= ms)
      .sort((a, b) => a.updatedMs - b.updatedMs || (a.id < b.id ? -1 : 1));
  }

  parcel(packageNumber: number): { order: OutboundOrder; parcel: OutboundParcel } | undefined {
    for (const order of this.#byId.values())
      for (const parcel of order.parcels)
        if (parcel.packageNumber === packageNumber) return { order, parcel };
    return undefined;
  }
}
