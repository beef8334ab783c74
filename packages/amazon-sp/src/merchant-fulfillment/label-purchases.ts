import type { AccountId, Clock, KeyValueStore, Locks, OrderId } from '@fluxori/core';
import { type Claim, Claims } from '../workflow/claims.js';

/** A parcel of an order, by the seller's own number of it. */
export interface ParcelName {
  readonly orderId: OrderId;
  readonly packageId: string;
}

export interface BoughtLabel {
  readonly shipmentId?: string;
  readonly trackingNumber?: string;
}

/** What is known of buying the label of a parcel. */
export type LabelPurchase = Claim<'bought', BoughtLabel>;

/**
 * Which labels were bought, or may have been. Amazon has neither a key that makes a purchase happen once nor a list of what was bought, so this is what
 * keeps two jobs for one parcel from buying two labels.
 */
export class LabelPurchases {
  readonly #claims: Claims<'bought', BoughtLabel>;

  constructor(parts: { keyValues: KeyValueStore; locks: Locks; clock: Clock; accountId: AccountId }) {
    this.#claims = new Claims('bought', { ...parts, room: 'label' });
  }

  /**
   * Writes down that `by` is about to buy, unless somebody else has or may have.
   *
   * @param options.again - a person has looked: what was not known was not bought.
   * @param options.resumed - `by` died in the midst of this very claim, so its own intent stands in nobody's way: nothing was sent after it.
   * @returns undefined when it may go ahead; else what stands in the way.
   */
  claim(
    parcel: ParcelName,
    by: string,
    { again = false, resumed = false }: { again?: boolean | undefined; resumed?: boolean } = {},
  ): Promise<LabelPurchase | undefined> {
    return this.#claims.claim(nameOf(parcel), by, { again, own: resumed });
  }

  read(parcel: ParcelName): Promise<LabelPurchase | undefined> {
    return this.#claims.read(nameOf(parcel));
  }

  bought(parcel: ParcelName, by: string, what: BoughtLabel): Promise<void> {
    return this.#claims.done(nameOf(parcel), by, what);
  }

  /**
   * It was looked for in vain. @returns undefined; what another has written down since, if one has, which stays.
   */
  unknown(parcel: ParcelName, by: string): Promise<LabelPurchase | undefined> {
    return this.#claims.unknown(nameOf(parcel), by);
  }

  /** It was certainly not bought. Does nothing when the claim is another's. */
  release(parcel: ParcelName, by: string): Promise<void> {
    return this.#claims.release(nameOf(parcel), by);
  }

  /** Tracking numbers of an order's labels that are known. */
  async trackingNumbers(orderId: OrderId): Promise<ReadonlySet<string>> {
    const all = await this.#claims.readAll(`${orderId}/`);
    return new Set(all.flatMap((one) => (one.status === 'bought' ? (one.trackingNumber ?? []) : [])));
  }
}

function nameOf({ orderId, packageId }: ParcelName): string {
  return `${orderId}/${encodeURIComponent(packageId)}`;
}
