import type { CatalogItem } from '../catalog/catalog-item.js';
import type { Transaction } from '../finance/transaction.js';
import type { AccountId } from '../identity/ids.js';
import type { InboundShipment } from '../inventory/inbound-shipment.js';
import type { InventoryLevel } from '../inventory/inventory-level.js';
import type { JsonValue } from '../json/json-value.js';
import type { Listing } from '../listing/listing.js';
import type { ListingEligibility } from '../listing/listing-eligibility.js';
import type { ProductTypeFacts } from '../listing/product-type.js';
import type { Order } from '../order/order.js';
import type { BusinessOffers } from '../price/business-offers.js';
import type { FeeEstimate } from '../price/fee-estimate.js';
import type { SalesInterval } from '../sales/sales-interval.js';

/** The kinds of record that jobs bring in, with their canonical type. */
export interface RecordKinds {
  order: Order;
  inventory: InventoryLevel;
  catalog: CatalogItem;
  listing: Listing;
  transaction: Transaction;
  'fee-estimate': FeeEstimate;
  'listing-eligibility': ListingEligibility;
  'product-type': ProductTypeFacts;
  sales: SalesInterval;
  'inbound-shipment': InboundShipment;
  'business-offers': BusinessOffers;
}

export type RecordKind = keyof RecordKinds;

/** One record on its way in. */
export type CanonicalRecord = {
  [Kind in RecordKind]: {
    readonly kind: Kind;
    /** Unique within account and kind, e.g. the order id, or marketplace and SKU. */
    readonly id: string;
    /** Which version this is (ISO 8601 or any text that sorts): an older version never replaces a newer one. */
    readonly version: string;
    readonly value: RecordKinds[Kind];
  };
}[RecordKind];

/** What is written together, or not at all. */
export interface RecordBatch {
  readonly accountId: AccountId;
  readonly records?: readonly CanonicalRecord[];
  /** Checkpoints and watermarks, by key; null deletes. Written together with the records wherever the store allows. */
  readonly state?: Readonly<Record<string, JsonValue>>;
}

export interface WriteResult {
  readonly inserted: number;
  readonly updated: number;
  /** Already there in the same or a newer version. */
  readonly unchanged: number;
}

/** Where jobs put what they bring in. Idempotent: writing a batch twice leaves what writing it once does. */
export interface RecordSink {
  write(batch: RecordBatch, options?: { signal?: AbortSignal }): Promise<WriteResult>;
}

export interface RecordQuery {
  readonly accountId?: AccountId;
  /** At most this many; 100 by default. */
  readonly limit?: number;
  /** Skips this many. */
  readonly offset?: number;
}

/** A record as it lies in the store. */
export interface StoredRecord<Kind extends RecordKind = RecordKind> {
  readonly accountId: AccountId;
  readonly id: string;
  readonly version: string;
  readonly value: RecordKinds[Kind];
}

export interface RecordWalk {
  readonly accountId?: AccountId;
  /** At most this many; 100 by default. */
  readonly limit?: number;
  /** Goes on behind this one. */
  readonly after?: Pick<StoredRecord, 'accountId' | 'id' | 'version'>;
}

/** Another value for a record. */
export interface RecordReplacement<Kind extends RecordKind = RecordKind> {
  readonly id: string;
  /** The version that is to be there; it stays. */
  readonly version: string;
  readonly value: RecordKinds[Kind];
}

export interface ReadOptions {
  /** Personal data, too, where it is kept apart; each such reading is told to the audit trail. A store that keeps nothing apart gives all in any case. */
  readonly personal?: boolean;
}

/** The default sink: keeps records in the backend, and can be read. */
export interface RecordStore extends RecordSink {
  get<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    id: string,
    options?: ReadOptions,
  ): Promise<RecordKinds[Kind] | undefined>;
  /** Newest version first. */
  list<Kind extends RecordKind>(
    kind: Kind,
    query?: RecordQuery & ReadOptions,
  ): Promise<readonly RecordKinds[Kind][]>;
  count(kind: RecordKind, query?: { accountId?: AccountId }): Promise<number>;
  /** A state value of an account, as the last batch left it. */
  readState(accountId: AccountId, key: string): Promise<JsonValue | undefined>;
  /**
   * In the order of `list`, page by page from the place where the page before ended: each record that stays as it is comes exactly once, whatever
   * else is written or deleted meanwhile.
   */
  walk<Kind extends RecordKind>(kind: Kind, query?: RecordWalk): Promise<readonly StoredRecord<Kind>[]>;
  /** Records with what the store knows of them: those that are there, in no particular order. */
  stored<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    ids: readonly string[],
  ): Promise<readonly StoredRecord<Kind>[]>;
  /** Puts other values in the place of records, each only if it still has the version that is named. @returns how many. */
  replace<Kind extends RecordKind>(
    kind: Kind,
    accountId: AccountId,
    changes: readonly RecordReplacement<Kind>[],
  ): Promise<number>;
  /** Deletes records in whatever version, or only those that are older than `olderThan`. @returns how many there were. */
  delete(
    kind: RecordKind,
    accountId: AccountId,
    ids: readonly string[],
    options?: { olderThan?: string },
  ): Promise<number>;
}
