import type { ErrorCode } from './error-code.js';

/** The state of a limit at the moment of an error. */
export interface RateSnapshot {
  /** Which bucket, e.g. `orders.searchOrders@acme-za`. */
  readonly bucket: string;
  /** Requests per second. */
  readonly rate: number;
  readonly burst: number;
  /** Tokens left when it was looked at. */
  readonly level: number;
  /** Where the rate comes from. */
  readonly source: string;
}

/** What every error can say beside its message. All of it is safe to log. */
export interface ErrorContext {
  readonly code?: ErrorCode;
  /** The account (not the person) that the work was for. */
  readonly account?: string;
  /** The operation, e.g. `orders.searchOrders`. */
  readonly operation?: string;
  /** The field of the input that is at fault. */
  readonly field?: string;
  /** The remote side's request id, for its support. */
  readonly requestId?: string;
  /** When the answer came, by the remote side's clock where known, else ours. */
  readonly at?: Date;
  /** How many times it was tried. */
  readonly attempts?: number;
  /** What the person can do. */
  readonly remedy?: string;
  readonly rate?: RateSnapshot;
  /** Further facts, each safe to log. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

const marker = Symbol.for('fluxori.error');

/**
 * The one root of all errors that this framework throws on purpose.
 * `message` says what happened, for whom, and what to do; it never holds a token, a secret or a buyer's data.
 */
export abstract class FluxoriError extends Error {
  readonly code: ErrorCode;
  readonly account?: string;
  readonly operation?: string;
  readonly field?: string;
  readonly requestId?: string;
  readonly at?: Date;
  readonly attempts?: number;
  readonly remedy?: string;
  readonly rate?: RateSnapshot;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Whether the same work may succeed later without anybody changing anything. */
  abstract readonly retryable: boolean;

  constructor(message: string, defaultCode: ErrorCode, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = new.target.name;
    this.code = context.code ?? defaultCode;
    this.account = context.account;
    this.operation = context.operation;
    this.field = context.field;
    this.requestId = context.requestId;
    this.at = context.at;
    this.attempts = context.attempts;
    this.remedy = context.remedy;
    this.rate = context.rate;
    this.details = context.details;
    Object.defineProperty(this, marker, { value: true });
  }

  /** A plain object for logs and `--json`: no stack, no cause (a cause may come from elsewhere and hold anything). */
  toJSON(): Record<string, unknown> {
    const plain: Record<string, unknown> = {
      name: this.name,
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      account: this.account,
      operation: this.operation,
      field: this.field,
      requestId: this.requestId,
      at: this.at?.toISOString(),
      attempts: this.attempts,
      remedy: this.remedy,
      rate: this.rate,
      details: this.details,
    };
    return Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  }
}

/** True for our errors, also when two copies of this package are in one tree. */
export function isFluxoriError(error: unknown): error is FluxoriError {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[marker] === true;
}
