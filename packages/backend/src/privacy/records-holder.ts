import {
  type AccountId,
  type Clock,
  defaultRetention,
  type ErasedOrder,
  type Erasure,
  type ErasureSubject,
  expiredGroups,
  type HolderReport,
  type Locks,
  type Order,
  type OrderId,
  type PersonalDataHolder,
  type PersonalGroup,
  personalGroups,
  type RecordStore,
  type RetentionRules,
  type Sealing,
  type StoredRecord,
  systemClock,
} from '@fluxori/core';
import type { ErasedOrders } from './erased-orders.js';
import {
  joined,
  noSealKey,
  openGroup,
  type PartedValue,
  type RecordPlace,
  sealGroup,
} from './sealed-groups.js';
import { partsOf, stripPersons } from './strip-persons.js';

export interface RecordsHolderParts {
  /** The store itself, not one that protects it. */
  readonly store: RecordStore;
  /** An erasure and a sweep never work on the same records at the same time, in no process: one would bring back what the other deleted. */
  readonly locks: Locks;
  /** With `isCurrent`, a sweep seals anew what an older key sealed. */
  readonly sealing?: Sealing & { readonly isCurrent?: (sealed: string) => boolean };
  readonly erased: ErasedOrders;
  readonly retention?: RetentionRules;
  readonly clock?: Clock;
}

type StoredOrder = StoredRecord<'order'>;
type Sealed = PartedValue['sealed'];
type Swept = StoredOrder & { readonly expired: readonly PersonalGroup[]; readonly isUnsealed: boolean };

const page = 500;

/** The personal data in the records of a backend. */
export class RecordsHolder implements PersonalDataHolder {
  readonly name = 'records';
  readonly #parts: RecordsHolderParts;
  readonly #retention: RetentionRules;
  readonly #clock: Clock;

  constructor(parts: RecordsHolderParts) {
    this.#parts = parts;
    this.#retention = parts.retention ?? defaultRetention;
    this.#clock = parts.clock ?? systemClock;
  }

  /**
   * The orders of a subject. Those of a buyer are found by opening the address of every order that is kept.
   * @throws ConfigurationError `SEAL_KEY_WRONG`
   */
  async find(
    subject: ErasureSubject,
    accountIds: readonly AccountId[],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<readonly ErasedOrder[]> {
    const found: ErasedOrder[] = [];
    for (const accountId of accountIds) {
      if ('orderId' in subject) {
        const there = await this.#parts.store.get('order', accountId, subject.orderId);
        if (there !== undefined) found.push({ accountId, orderId: subject.orderId });
        continue;
      }
      for await (const orders of this.#pages(accountId, signal))
        for (const order of orders) {
          if ((await this.#emailOf(order)) === subject.buyerEmail)
            found.push({ accountId, orderId: order.id as OrderId });
        }
    }
    return found;
  }

  /** Remembered first, then deleted: so what is written meanwhile leaves the person out, too. */
  async erase({ orders }: Erasure, { signal }: { signal?: AbortSignal } = {}): Promise<HolderReport> {
    await this.#parts.erased.add(orders, new Date(this.#clock.now()));
    const deleted = counts();
    for (const order of orders) {
      const groups = await this.#alone(signal, () => stripPersons(this.#parts.store, order));
      for (const group of groups) deleted[group]++;
    }
    return { deleted, remaining: [] };
  }

  /** Deletes what is past its time, and what an import that was on its way during an erasure may have brought back; seals what an earlier release left unsealed. */
  async sweep({ signal }: { signal?: AbortSignal } = {}): Promise<HolderReport> {
    const deleted = counts();
    let unsealed = 0;
    for await (const page of this.#pages(undefined, signal)) {
      // Most pages have nothing to do, and are not looked at twice.
      if (!(await this.#changes(page)).some((one) => one !== undefined)) continue;
      await this.#alone(signal, async () => {
        const changes = await this.#changes(await this.#again(page));
        for (const change of changes) {
          if (change === undefined) continue;
          if (change.isUnsealed) unsealed++;
          const done = await this.#parts.store.replace('order', change.accountId, [change]);
          if (done > 0) for (const group of change.expired) deleted[group]++;
        }
      });
    }
    const remaining =
      unsealed === 0
        ? []
        : [
            {
              what: `personal data of ${unsealed} orders, unsealed`,
              why: 'an earlier release wrote it, and there is no key to seal it with',
              remedy: 'Set FLUXORI_SEAL_KEY and sweep again.',
            },
          ];
    return { deleted, remaining };
  }

  #alone<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    return this.#parts.locks.withLock('privacy/records', work, signal === undefined ? {} : { signal });
  }

  /** As they are now. */
  async #again(orders: readonly StoredOrder[]): Promise<readonly StoredOrder[]> {
    const found: StoredOrder[] = [];
    for (const [accountId, those] of Map.groupBy(orders, (one) => one.accountId)) {
      const ids = those.map(({ id }) => id);
      found.push(...(await this.#parts.store.stored('order', accountId, ids)));
    }
    return found;
  }

  async #changes(orders: readonly StoredOrder[]): Promise<readonly (Swept | undefined)[]> {
    const erased = new Set<StoredOrder>();
    const personal = orders.filter((order) => partsOf(order).groups.length > 0);
    for (const [accountId, those] of Map.groupBy(personal, (one) => one.accountId)) {
      const ids = those.map(({ id }) => id);
      const among = await this.#parts.erased.among(accountId, ids);
      for (const order of those) if (among.has(order.id)) erased.add(order);
    }
    return Promise.all(orders.map((order) => this.#swept(order, erased.has(order))));
  }

  /** What becomes of an order; undefined when it stays as it is. */
  async #swept(order: StoredOrder, isErased: boolean): Promise<Swept | undefined> {
    const { open, plain, sealed, groups } = partsOf(order);
    if (groups.length === 0) return undefined;
    const over = isErased ? personalGroups : expiredGroups(open, this.#retention, this.#clock.now());
    const expired = groups.filter((group) => over.includes(group));
    const left = groups.filter((group) => !over.includes(group));
    const toSeal = left.filter((group) => plain[group] !== undefined);
    const { sealing } = this.#parts;
    const outdated = left.some((group) => this.#isOutdated(sealed[group]));
    if (expired.length === 0 && !outdated && (toSeal.length === 0 || sealing === undefined)) {
      return toSeal.length === 0 ? undefined : { ...order, expired, isUnsealed: true };
    }
    const kept = await this.#sealedOf(order, left);
    const unsealed = sealing === undefined ? Object.assign({}, ...toSeal.map((group) => plain[group])) : {};
    const value = { ...joined(open, kept), ...unsealed } as Order;
    return { ...order, value, expired, isUnsealed: Object.keys(unsealed).length > 0 };
  }

  /** Sealed, as far as it can be. */
  async #sealedOf(order: StoredOrder, groups: readonly PersonalGroup[]): Promise<Sealed> {
    const { plain, sealed } = partsOf(order);
    const { sealing } = this.#parts;
    const kept: Partial<Record<PersonalGroup, string>> = {};
    for (const group of groups) {
      const there = sealed[group];
      const place = { kind: 'order', accountId: order.accountId, id: order.id } as const;
      if (there !== undefined) kept[group] = (await this.#resealed(place, group, there)) ?? there;
      else if (sealing !== undefined)
        kept[group] = await sealGroup(sealing, place, group, plain[group] ?? {});
    }
    return kept;
  }

  #isOutdated(sealed: string | undefined): boolean {
    return sealed !== undefined && this.#parts.sealing?.isCurrent?.(sealed) === false;
  }

  /** With the present key; undefined when there is nothing to do, or it is damaged and to be looked at by a person. */
  async #resealed(place: RecordPlace, group: PersonalGroup, sealed: string): Promise<string | undefined> {
    const { sealing } = this.#parts;
    if (sealing === undefined || !this.#isOutdated(sealed)) return undefined;
    const fields = await openGroup(sealing, place, group, sealed);
    return fields && sealGroup(sealing, place, group, fields);
  }

  async #emailOf({ accountId, id, value }: StoredOrder): Promise<string | undefined> {
    const { plain, sealed } = partsOf({ value });
    const { sealing } = this.#parts;
    const place = { kind: 'order', accountId, id } as const;
    if (sealed.buyer !== undefined && sealing === undefined) throw noSealKey(place, ['buyer']);
    const fields =
      sealed.buyer === undefined || sealing === undefined
        ? plain.buyer
        : await openGroup(sealing, place, 'buyer', sealed.buyer);
    const email = fields?.buyerEmail;
    return typeof email === 'string' ? email.trim().toLowerCase() : undefined;
  }

  async *#pages(
    accountId: AccountId | undefined,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly StoredOrder[]> {
    let after: StoredOrder | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const orders = await this.#parts.store.walk('order', {
        limit: page,
        ...(accountId !== undefined && { accountId }),
        ...(after !== undefined && { after }),
      });
      yield orders;
      after = orders.at(-1);
      if (orders.length < page) return;
    }
  }
}

function counts(): Record<PersonalGroup, number> {
  return { shipTo: 0, buyer: 0 };
}
