import type { CountersSnapshot } from './counters/counts.js';
import type { ContentSource } from './documents/content-spool.js';
import type { FarSideEvent } from './events/far-side-event.js';
import type { ActiveFault, Fault } from './faults/fault.js';
import type { BucketView } from './limits/rate-limiter.js';
import type { Plan } from './limits/token-bucket.js';
import type { EventBridgeRule } from './notifications/notification-desk.js';
import type { ConsentAnswer } from './seller-central/consent-desk.js';
import type { Outcome } from './work/outcome-board.js';
import type { OrderStatus } from './world/order.js';

/** What a connector needs to work for one seller. */
export interface SandboxCredentials {
  /** App ID; for the authorize URL. */
  readonly applicationId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  readonly sellerId: string;
  /** The seller's first marketplace. */
  readonly marketplaceId: string;
  readonly marketplaceIds: readonly string[];
}

/** Faults, switched on and off while the sandbox runs. */
export interface SandboxFaults {
  /** @returns the fault's id. @throws ValidationError for a fault that is not well formed. */
  set(fault: Fault): Promise<string>;
  /** Without an id, all. */
  clear(id?: string): Promise<void>;
  list(): readonly ActiveFault[];
}

export interface NewOrders {
  readonly count: number;
  /** The first seller, if absent. */
  readonly sellerId?: string | undefined;
  /** When they came in; now, if absent. `searchOrders` shows them `settleMs` later. */
  readonly at?: Date | undefined;
  readonly status?: OrderStatus | undefined;
}

export interface OrderChange {
  readonly sellerId?: string | undefined;
  readonly status?: OrderStatus | undefined;
  /** The order's new last update; now, if absent. */
  readonly at?: Date | undefined;
}

export interface StockSale {
  readonly sellerId?: string | undefined;
  /** The seller's first marketplace, if absent. */
  readonly marketplaceId?: string | undefined;
  readonly sku: string;
  readonly quantity: number;
  readonly at?: Date | undefined;
}

export interface SellerState {
  readonly sellerId: string;
  readonly name: string;
  readonly marketplaceIds: readonly string[];
  readonly orders: number;
  readonly ordersByStatus: Readonly<Record<string, number>>;
  readonly skus: number;
  readonly fbaSkus: number;
}

/** A queue of the sandbox's SQS. */
export interface SandboxQueue {
  readonly arn: string;
  readonly url: string;
}

/** The personal data of an order, so that a test can look for it where it must not be. */
export interface OrderPersonalData {
  readonly orderId: string;
  readonly values: readonly string[];
}

/** What the documents of a report type consist of. */
export interface ReportContent {
  /** A function is called once and streamed; a large content lies on the disk until the sandbox closes. */
  readonly content: ContentSource;
  /** The download's `Content-Type`; `null`: none. `text/plain;charset=UTF-8`, if absent. */
  readonly contentType?: string | null | undefined;
  /** GZIP, if absent: the sandbox compresses, and says so. */
  readonly compression?: 'GZIP' | 'none' | undefined;
  /** The content is compressed already (or is meant to be anything but what `compression` says). */
  readonly encoded?: boolean | undefined;
}

export interface GivenReportFacts {
  /** Of the content as it was given. */
  readonly bytes: number;
  readonly sha256: string;
  /** Of what goes over the wire. */
  readonly wireBytes: number;
  readonly wireSha256: string;
}

/** What a test decides of reports, feeds and queries. */
export interface WorkSteering {
  /**
   * Says what reports of a type consist of from now on, also those of a type of which the sandbox's world knows nothing.
   * Of a type that cannot be asked for (settlements), each seller gets one at once.
   *
   * @param given - `undefined`: what the world has, again.
   * @throws ValidationError for what is no report type.
   */
  setReport(reportType: string, given: ReportContent): Promise<GivenReportFacts>;
  setReport(reportType: string, given: ReportContent | undefined): Promise<GivenReportFacts | undefined>;
  /**
   * Says how reports, feeds or queries that are still to be created will go.
   *
   * @returns an id, for `clearOutcomes`. @throws ValidationError
   */
  setOutcome(outcome: Outcome): string;
  /** Without an id, all. */
  clearOutcomes(id?: string): void;
  outcomes(): readonly { readonly id: string; readonly outcome: Outcome; readonly hits: number }[];
  /** Brings what is under way to its end at once; without an id, all that is not stuck. */
  finishWork(id?: string): void;
}

export interface Sandbox extends AsyncDisposable, WorkSteering {
  /** URLs without a trailing slash; the token URL is `${lwa}/auth/o2/token`. */
  readonly endpoints: {
    readonly lwa: string;
    readonly na: string;
    readonly eu: string;
    readonly fe: string;
    /** Where sellers let applications in: `${sellerCentral}/apps/authorize/consent`. */
    readonly sellerCentral: string;
    /** Where the contents of documents lie; its URLs come with the answers of SP-API. */
    readonly documents: string;
    /** Amazon SQS, for AWS's SDK: `new SQSClient({ endpoint, region: 'us-east-1' })` with any credentials. */
    readonly sqs: string;
  };
  readonly adminUrl: string;
  /** The first application at the first seller. */
  readonly credentials: SandboxCredentials;
  /** Every application at every seller, application by application. */
  readonly accounts: readonly SandboxCredentials[];
  readonly seed: number;
  readonly epoch: Date;
  readonly faults: SandboxFaults;
  counters(): CountersSnapshot;
  resetCounters(): void;
  buckets(): readonly BucketView[];
  /**
   * Gives an operation another plan, for one seller or for all, while it is in use.
   *
   * @throws ValidationError for an operation that does not exist.
   */
  setPlan(operation: string, plan: Plan, sellerId?: string): void;
  /** Fills all buckets. */
  refillBuckets(): void;
  /** @returns the ids of the new orders. */
  addOrders(orders: NewOrders): readonly string[];
  /** @throws NotFoundError */
  updateOrder(orderId: string, change: OrderChange): void;
  /** @returns what is left. @throws NotFoundError */
  sellStock(sale: StockSale): number;
  /** A standard queue to which Amazon may send notifications; attributes as of SetQueueAttributes. */
  createQueue(name: string, attributes?: Readonly<Record<string, string>>): SandboxQueue;
  /** A rule of an event bus: what comes there from Amazon goes to a queue. */
  routeEvents(rule: EventBridgeRule): void;
  /** As if this had happened: whoever has subscribed to it is told. The world does not change. */
  notify(event: FarSideEvent): void;
  /** Notifications that subscribers were sent so far, by type. */
  notificationsSent(): Readonly<Record<string, number>>;
  /** All order ids of a seller, in order of the last update. */
  orderIds(sellerId?: string): readonly string[];
  personalData(sellerId?: string): readonly OrderPersonalData[];
  state(): readonly SellerState[];
  /** The code that a seller's browser brings back after he agreed; for `grant_type=authorization_code`. */
  authorizationCode(sellerId?: string): string;
  /**
   * What the seller's browser does on the consent page: it agrees, or not.
   *
   * @param authorizeUrl - as the application sends the browser to it.
   * @returns the address at the application to which the browser is sent back.
   * @throws ValidationError with the code that Seller Central would show (MD1000, MD5101, …).
   */
  consent(authorizeUrl: string, answer?: ConsentAnswer, sellerId?: string): string;
  /**
   * The seller chooses "Authorize Now" in the Appstore.
   *
   * @param loginUri - the application's; that of the options, if absent.
   * @returns the address at the application to which the browser is sent.
   * @throws ValidationError when there is no log-in URI.
   */
  beginInAppstore(loginUri?: string, sellerId?: string): string;
  /** Ends at once, open connections or not. Calling it again does nothing. */
  close(): Promise<void>;
}
