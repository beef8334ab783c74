import type { DocumentCounts } from './document-counts.js';
import type { WorkCounts } from './work-counts.js';

/** With what a request came to the door. */
export type AuthKind = 'seller' | 'grantless' | 'rdt' | 'none' | 'refused';

/** How a request ended, seen from the far side. */
export interface Outcome {
  /** What was answered; absent when the connection was cut before the far side acted. */
  readonly status?: number;
  /** The connection was cut before or after the far side acted. */
  readonly cut?: 'before' | 'after' | 'mid-body';
  /** The far side did what was asked, whatever came back. */
  readonly acted?: boolean;
}

export interface SeenRequest {
  readonly operation: string;
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  readonly query: string;
  readonly parameters: readonly string[];
  readonly region: string;
  auth: AuthKind;
  sellerId?: string;
}

export interface OperationCounts {
  requests: number;
  /** Answered with 2xx. */
  served: number;
  throttled: number;
  /** Connections cut by a fault. */
  cut: number;
  /** Answers by status. */
  statuses: Record<string, number>;
  firstAt?: string;
  lastAt?: string;
}

export interface AccountCounts {
  requests: number;
  served: number;
  throttled: number;
  tokenCalls: number;
}

export interface DistinctRequest {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly string[];
  readonly auth: AuthKind;
  readonly region: string;
  readonly sellerId?: string;
  count: number;
  statuses: Record<string, number>;
}

export interface RepeatedPage {
  readonly operation: string;
  readonly sellerId?: string;
  /** A digest of path and query; equal for equal requests. */
  readonly page: string;
  /** How often the far side acted on it. */
  readonly served: number;
}

export interface CountersSnapshot {
  readonly since: string;
  /** SP-API requests that arrived; LWA is counted apart. */
  readonly requests: number;
  readonly served: number;
  readonly throttled: number;
  /** 4xx other than 429. */
  readonly rejected: number;
  /** 5xx. */
  readonly failed: number;
  readonly cut: number;
  /** Bare `HEAD /` requests, by which a client asks whether a host is alive; they are in no other count. */
  readonly probes: number;
  /** Requests to LWA that arrived. */
  readonly tokenCalls: number;
  /** Those that got no token. */
  readonly tokenFailures: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly operations: Readonly<Record<string, Readonly<OperationCounts>>>;
  readonly accounts: Readonly<Record<string, Readonly<AccountCounts>>>;
  /** GET requests with the same path and query on which the far side acted more than once. */
  readonly repeatedPages: readonly RepeatedPage[];
  /** Requests that differ in operation, path, parameter names, kind of token, seller or region. */
  readonly distinct: readonly Readonly<DistinctRequest>[];
  /** How many distinct ones came after the list was full; they are in the other counts. */
  readonly distinctLeftOut: number;
  /** Requests to the documents host, which are in no other count. */
  readonly documents: DocumentCounts;
  readonly reports: WorkCounts;
  readonly feeds: WorkCounts;
  /** Data Kiosk's. */
  readonly queries: WorkCounts;
}
