import {
  type AccountId,
  type AuditTrail,
  type CanonicalRecord,
  type Clock,
  defaultRetention,
  expiredGroups,
  type JsonValue,
  type Logger,
  type Order,
  type OrderId,
  type PersonalGroup,
  personalFields,
  personalGroups,
  type ReadOptions,
  type RecordBatch,
  type RecordKind,
  type RecordKinds,
  type RecordQuery,
  type RecordReplacement,
  type RecordStore,
  type RecordWalk,
  type RetentionRules,
  type Sealing,
  type StoredRecord,
  silentLogger,
  systemClock,
  type WriteResult,
} from '@fluxori/core';
import type { ErasedOrders } from './erased-orders.js';
import {
  joined,
  noSealKey,
  openGroup,
  type PartedValue,
  parted,
  type RecordPlace,
  sealGroup,
} from './sealed-groups.js';
import { stripPersons } from './strip-persons.js';

export interface ProtectedRecordStoreParts {
  /** Where the records lie. */
  readonly store: RecordStore;
  /** Without it, nothing with personal data is taken. */
  readonly sealing?: Sealing;
  readonly audit: AuditTrail;
  readonly erased: ErasedOrders;
  readonly retention?: RetentionRules;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

type Value = RecordKinds[RecordKind];
const mostSubjects = 100;

/**
 * Records whose personal data is sealed, group by group, before it reaches the store; everything else in them stays as it is, so it can be listed and
 * counted as ever. It is opened for those who ask for it by `personal: true`, and each such reading is told to the audit trail first. What has been
 * kept for long enough, or was erased, is neither written nor read.
 */
export class ProtectedRecordStore implements RecordStore {
  readonly #parts: ProtectedRecordStoreParts;
  readonly #retention: RetentionRules;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(parts: ProtectedRecordStoreParts) {
    this.#parts = parts;
    this.#retention = parts.retention ?? defaultRetention;
    this.#clock = parts.clock ?? systemClock;
    this.#logger = parts.logger ?? silentLogger;
  }

  /** @throws ConfigurationError when a record has personal data and there is no key to seal it with; nothing is written then. */
  async write(batch: RecordBatch, options: { signal?: AbortSignal } = {}): Promise<WriteResult> {
    const { accountId, records = [] } = batch;
    const values = await this.#sealed(accountId, records);
    const written = await this.#parts.store.write(
      { ...batch, records: records.map((one, at) => ({ ...one, value: values[at] }) as CanonicalRecord) },
      options,
    );
    await this.#stripErased(accountId, records);
    return written;
  }

  async get<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    id: string,
    { personal = false }: ReadOptions = {},
  ): Promise<RecordKinds[Kind] | undefined> {
    const value = await this.#parts.store.get(kind, accountId, id);
    if (value === undefined) return undefined;
    const [read] = await this.#read(kind, [{ accountId, id, value }], personal);
    return read as RecordKinds[Kind];
  }

  async list<Kind extends RecordKind>(
    kind: Kind,
    { personal = false, ...query }: RecordQuery & ReadOptions = {},
  ): Promise<readonly RecordKinds[Kind][]> {
    const values = await this.#parts.store.list(kind, query);
    if (personalFields[kind] === undefined) return values;
    const found = values.map((value) => ({ ...placeOf(value), value }));
    return (await this.#read(kind, found, personal)) as RecordKinds[Kind][];
  }

  count(kind: RecordKind, query?: { accountId?: AccountId }): Promise<number> {
    return this.#parts.store.count(kind, query);
  }

  readState(accountId: AccountId, key: string): Promise<JsonValue | undefined> {
    return this.#parts.store.readState(accountId, key);
  }

  /** Without personal data. */
  async walk<Kind extends RecordKind>(
    kind: Kind,
    query?: RecordWalk,
  ): Promise<readonly StoredRecord<Kind>[]> {
    const found = await this.#parts.store.walk(kind, query);
    const values = await this.#read(kind, found, false);
    return found.map((one, at) => ({ ...one, value: values[at] as RecordKinds[Kind] }));
  }

  /** Without personal data. */
  async stored<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    ids: readonly string[],
  ): Promise<readonly StoredRecord<Kind>[]> {
    const found = await this.#parts.store.stored(kind, accountId, ids);
    const values = await this.#read(kind, found, false);
    return found.map((one, at) => ({ ...one, value: values[at] as RecordKinds[Kind] }));
  }

  /** Personal data that a new value does not hold is gone. */
  async replace<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    changes: readonly RecordReplacement<Kind>[],
  ): Promise<number> {
    const records = changes.map((one) => ({ kind, ...one }) as unknown as CanonicalRecord);
    const values = await this.#sealed(accountId, records);
    const replaced = await this.#parts.store.replace(
      kind,
      accountId,
      changes.map((one, at) => ({ ...one, value: values[at] as RecordKinds[Kind] })),
    );
    await this.#stripErased(accountId, records);
    return replaced;
  }

  delete(
    kind: RecordKind,
    accountId: AccountId,
    ids: readonly string[],
    options?: { olderThan?: string },
  ): Promise<number> {
    return this.#parts.store.delete(kind, accountId, ids, options);
  }

  async #sealed(accountId: AccountId, records: readonly CanonicalRecord[]): Promise<readonly Value[]> {
    const taken = records.map(({ kind, value }) => parted(kind, value));
    const erased = await this.#parts.erased.among(accountId, personalIds(records));
    return Promise.all(
      records.map(async ({ id, kind, value }, at): Promise<Value> => {
        const one = taken[at];
        if (one === undefined) return value;
        if (erased.has(id)) return one.open;
        return joined(one.open, await this.#sealAll({ kind, accountId, id }, one));
      }),
    );
  }

  /** Whoever was erased since the look before the writing, which the erasure may have been too early to see. */
  async #stripErased(accountId: AccountId, records: readonly CanonicalRecord[]): Promise<void> {
    for (const id of await this.#parts.erased.among(accountId, personalIds(records)))
      await stripPersons(this.#parts.store, { accountId, orderId: id as OrderId });
  }

  async #sealAll(place: RecordPlace, { open, plain }: PartedValue): Promise<PartedValue['sealed']> {
    const expired = this.#expired(open);
    const groups = personalGroups.filter((group) => plain[group] !== undefined && !expired.includes(group));
    if (groups.length === 0) return {};
    const { sealing } = this.#parts;
    if (sealing === undefined) throw noSealKey(place, groups);
    const sealed = groups.map(
      async (group) => [group, await sealGroup(sealing, place, group, plain[group] ?? {})] as const,
    );
    return Object.fromEntries(await Promise.all(sealed));
  }

  /** What there is of personal data is told of before it is handed over. */
  async #read(
    kind: RecordKind,
    found: readonly { readonly accountId: AccountId; readonly id: string; readonly value: Value }[],
    personal: boolean,
  ): Promise<readonly Value[]> {
    const all = found.map((one) => ({ one, taken: parted(kind, one.value) }));
    if (!personal) return all.map(({ one, taken }) => taken?.open ?? one.value);
    const opened = await Promise.all(
      all.map(async ({ one, taken }) => {
        if (taken === undefined) return { one, groups: [], value: one.value };
        const fields = await this.#open({ kind, accountId: one.accountId, id: one.id }, taken);
        const groups = personalGroups.filter((group) => fields[group] !== undefined);
        const value = Object.assign({}, taken.open, ...groups.map((group) => fields[group])) as Value;
        return { one, groups, value };
      }),
    );
    const told = opened.filter(({ groups }) => groups.length > 0);
    for (const [accountId, those] of Map.groupBy(told, ({ one }) => one.accountId)) {
      for (let start = 0; start < those.length; start += mostSubjects) {
        const some = those.slice(start, start + mostSubjects);
        await this.#parts.audit.record({
          ...{ action: 'read', accountId, count: some.length },
          what: [...new Set(some.flatMap(({ groups }) => groups))],
          subjects: some.map(({ one }) => one.id),
        });
      }
    }
    return opened.map(({ value }) => value);
  }

  async #open(
    place: RecordPlace,
    { open, plain, sealed }: PartedValue,
  ): Promise<Partial<Record<PersonalGroup, Readonly<Record<string, JsonValue>>>>> {
    const expired = this.#expired(open);
    const { sealing } = this.#parts;
    const fields: Partial<Record<PersonalGroup, Readonly<Record<string, JsonValue>>>> = {};
    for (const group of personalGroups) {
      if (expired.includes(group)) continue;
      // What an earlier release wrote unsealed is read until the next sweep seals it.
      const text = sealed[group];
      if (text === undefined) fields[group] = plain[group];
      else if (sealing === undefined) throw noSealKey(place, [group]);
      else {
        fields[group] = await openGroup(sealing, place, group, text);
        if (fields[group] === undefined) this.#tellBroken(place, group);
      }
    }
    return fields;
  }

  #expired(open: Value): readonly PersonalGroup[] {
    return expiredGroups(open as Order, this.#retention, this.#clock.now());
  }

  #tellBroken({ accountId, id, kind }: RecordPlace, group: PersonalGroup): void {
    this.#logger.warn(
      { account: accountId, kind, id, group, code: 'SEAL_BROKEN' },
      'Sealed personal data was damaged, changed, or moved here from another record. It is not used; find out who writes to the store.',
    );
  }
}

function personalIds(records: readonly CanonicalRecord[]): readonly string[] {
  return records
    .filter(({ kind, value }) => Object.keys(parted(kind, value)?.plain ?? {}).length > 0)
    .map(({ id }) => id);
}

/** Kinds with personal data are named by their account and their order. */
function placeOf(value: Value): { accountId: AccountId; id: string } {
  const { accountId, orderId } = value as Order;
  return { accountId, id: orderId };
}
