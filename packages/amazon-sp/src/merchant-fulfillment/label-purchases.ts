import type { AccountId, Clock, JsonValue, KeyValueStore, Locks, OrderId } from '@fluxori/core';

/** A parcel of an order, by the seller's own number of it. */
export interface ParcelName {
  readonly orderId: OrderId;
  readonly packageId: string;
}

/** What is known of buying the label of a parcel. */
export type LabelPurchase =
  /** A request may be on its way, or was, and nobody heard what became of it. */
  | { readonly status: 'intended'; readonly by: string; readonly at: number }
  /** It was looked for, and not found; it may have been bought all the same. */
  | { readonly status: 'unknown'; readonly by: string; readonly at: number }
  | {
      readonly status: 'bought';
      readonly by: string;
      readonly at: number;
      readonly shipmentId?: string;
      readonly trackingNumber?: string;
    };

/** Half a year: longer than anybody asks again for the parcel of an order. Milliseconds. */
const keptMs = 180 * 24 * 3_600_000;

/**
 * Which labels were bought, or may have been. Amazon has neither a key that makes a purchase happen once nor a list of what was bought, so this is what
 * keeps two jobs for one parcel from buying two labels.
 */
export class LabelPurchases {
  readonly #parts: { keyValues: KeyValueStore; locks: Locks; clock: Clock; accountId: AccountId };

  constructor(parts: { keyValues: KeyValueStore; locks: Locks; clock: Clock; accountId: AccountId }) {
    this.#parts = parts;
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
    const { locks, clock } = this.#parts;
    return locks.withLock(this.#key(parcel), async () => {
      const known = await this.read(parcel);
      const free =
        known === undefined ||
        (resumed && known.status === 'intended' && known.by === by) ||
        (again && known.status !== 'bought' && clock.now() - known.at >= inFlightMs(known));
      if (!free) return known;
      await this.#write(parcel, { status: 'intended', by, at: clock.now() });
      return undefined;
    });
  }

  async read(parcel: ParcelName): Promise<LabelPurchase | undefined> {
    return (await this.#parts.keyValues.get(this.#key(parcel))) as LabelPurchase | undefined;
  }

  async bought(
    parcel: ParcelName,
    by: string,
    what: { readonly shipmentId?: string; readonly trackingNumber?: string },
  ): Promise<void> {
    await this.#write(parcel, { status: 'bought', by, at: this.#parts.clock.now(), ...what });
  }

  /**
   * It was looked for in vain. @returns undefined; what another has written down since, if one has, which stays.
   */
  unknown(parcel: ParcelName, by: string): Promise<LabelPurchase | undefined> {
    return this.#parts.locks.withLock(this.#key(parcel), async () => {
      const known = await this.read(parcel);
      if (known !== undefined && (known.by !== by || known.status === 'bought')) return known;
      await this.#write(parcel, { status: 'unknown', by, at: this.#parts.clock.now() });
      return undefined;
    });
  }

  /** It was certainly not bought. Does nothing when the claim is another's. */
  release(parcel: ParcelName, by: string): Promise<void> {
    return this.#parts.locks.withLock(this.#key(parcel), async () => {
      const known = await this.read(parcel);
      if (known?.status === 'intended' && known.by === by)
        await this.#parts.keyValues.delete(this.#key(parcel));
    });
  }

  /** Tracking numbers of an order's labels that are known. */
  async trackingNumbers(orderId: OrderId): Promise<ReadonlySet<string>> {
    const { keyValues } = this.#parts;
    const keys = await keyValues.keys(this.#prefix(orderId));
    const all = await Promise.all(keys.map((key) => keyValues.get(key)));
    return new Set(
      (all as (LabelPurchase | undefined)[]).flatMap((one) =>
        one?.status === 'bought' ? (one.trackingNumber ?? []) : [],
      ),
    );
  }

  async #write(parcel: ParcelName, purchase: LabelPurchase): Promise<void> {
    const value = purchase as unknown as JsonValue;
    await this.#parts.keyValues.set(this.#key(parcel), value, { ttlMs: keptMs });
  }

  #key({ orderId, packageId }: ParcelName): string {
    return `${this.#prefix(orderId)}${encodeURIComponent(packageId)}`;
  }

  #prefix(orderId: OrderId): string {
    return `sp-api/label/${this.#parts.accountId}/${orderId}/`;
  }
}

/** A request that was meant to be sent may still be on its way for so long; milliseconds. */
function inFlightMs({ status }: LabelPurchase): number {
  return status === 'intended' ? 900_000 : 0;
}
