/** A parcel for which the seller bought a label of Amazon. */
export interface BoughtLabel {
  readonly shipmentId: string;
  readonly orderId: string;
  readonly items: readonly { readonly orderItemId: string; readonly quantity: number }[];
  readonly serviceId: string;
  readonly trackingId: string;
  /** The seller's own address, weight and measures, as he gave them. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly cents: number;
  readonly createdMs: number;
  status: 'Purchased' | 'RefundPending';
}

/** A carrier's service. Invented, but for the names of carriers. */
export interface CarrierService {
  readonly serviceId: string;
  readonly carrier: string;
  readonly name: string;
  readonly hours: number;
  /** Hundredths of the currency, for any parcel and for each kilogram. */
  readonly baseCents: number;
  readonly kiloCents: number;
  readonly mostGrams: number;
}

export const carrierServices: readonly CarrierService[] = [
  {
    ...{ serviceId: 'ZA_ECONOMY', carrier: 'The Courier Guy', name: 'Economy road' },
    ...{ hours: 96, baseCents: 6_900, kiloCents: 900, mostGrams: 30_000 },
  },
  {
    ...{ serviceId: 'ZA_OVERNIGHT', carrier: 'Aramex', name: 'Overnight' },
    ...{ hours: 24, baseCents: 12_900, kiloCents: 2_400, mostGrams: 20_000 },
  },
  {
    ...{ serviceId: 'ZA_LOCKER', carrier: 'PUDO', name: 'Locker to door' },
    ...{ hours: 72, baseCents: 6_000, kiloCents: 1_500, mostGrams: 10_000 },
  },
];
