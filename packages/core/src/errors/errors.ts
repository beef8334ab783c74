import { type ErrorContext, FluxoriError } from './fluxori-error.js';

/** The set-up is wrong. Remedy: change the configuration. `problems` lists every fault at once. */
export class ConfigurationError extends FluxoriError {
  readonly retryable = false;
  readonly problems: readonly string[];

  constructor(message: string, context: ErrorContext & { problems?: readonly string[] } = {}) {
    super(message, 'CONFIG_INVALID', context);
    this.problems = context.problems ?? [];
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), problems: this.problems };
  }
}

/** The remote side does not accept who we are. Remedy: authorise again, rotate the secret, or ask for the role. */
export class AuthenticationError extends FluxoriError {
  readonly retryable = false;

  constructor(message: string, context: ErrorContext = {}) {
    super(message, 'AUTH_DENIED', context);
  }
}

/** The input is wrong and nothing was done. Remedy: correct `field`. */
export class ValidationError extends FluxoriError {
  readonly retryable = false;
  readonly problems: readonly string[];

  constructor(message: string, context: ErrorContext & { problems?: readonly string[] } = {}) {
    super(message, 'VALIDATION_FAILED', context);
    this.problems = context.problems ?? [];
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), problems: this.problems };
  }
}

/** What was asked for does not exist at the remote side, or here. */
export class NotFoundError extends FluxoriError {
  readonly retryable = false;

  constructor(message: string, context: ErrorContext = {}) {
    super(message, 'NOT_FOUND', context);
  }
}

/** A limit has no token now. Remedy: come back at `retryAt`. */
export class RateLimitError extends FluxoriError {
  readonly retryable = true;
  readonly retryAt: Date;

  constructor(message: string, context: ErrorContext & { retryAt: Date }) {
    super(message, 'RATE_LIMITED', context);
    this.retryAt = context.retryAt;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), retryAt: this.retryAt.toISOString() };
  }
}

/**
 * The remote side could not be reached, or the answer was lost.
 * `outcome` tells whether the request can have been carried out: `not-sent` means that it never left.
 */
export class NetworkError extends FluxoriError {
  readonly retryable = true;
  readonly outcome: 'not-sent' | 'unknown';
  /** Host and port that could not be reached. */
  readonly host: string;

  constructor(message: string, context: ErrorContext & { host: string; outcome: 'not-sent' | 'unknown' }) {
    super(message, 'NETWORK_UNREACHABLE', context);
    this.host = context.host;
    this.outcome = context.outcome;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), host: this.host, outcome: this.outcome };
  }
}

/** The host has been failing, so nothing was sent. Remedy: wait; the circuit closes when a probe succeeds, at `retryAt` at the earliest. */
export class CircuitOpenError extends FluxoriError {
  readonly retryable = true;
  readonly retryAt: Date;
  readonly host: string;

  constructor(message: string, context: ErrorContext & { host: string; retryAt: Date }) {
    super(message, 'CIRCUIT_OPEN', context);
    this.host = context.host;
    this.retryAt = context.retryAt;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), host: this.host, retryAt: this.retryAt.toISOString() };
  }
}

/** The remote side answered with an error. `remoteCode` is its own code, e.g. `InvalidInput`. */
export class RemoteError extends FluxoriError {
  readonly retryable: boolean;
  readonly status: number;
  readonly remoteCode?: string;

  constructor(
    message: string,
    context: ErrorContext & { status: number; remoteCode?: string; retryable?: boolean },
  ) {
    super(message, context.status >= 500 ? 'REMOTE_FAILED' : 'REMOTE_REFUSED', context);
    this.status = context.status;
    this.remoteCode = context.remoteCode;
    this.retryable = context.retryable ?? context.status >= 500;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), status: this.status, remoteCode: this.remoteCode };
  }
}

/** A feed's or report's document could not be made, moved or read. */
export class DocumentError extends FluxoriError {
  readonly retryable: boolean;

  constructor(message: string, context: ErrorContext & { retryable?: boolean } = {}) {
    super(message, 'DOCUMENT_FAILED', context);
    this.retryable = context.retryable ?? false;
  }
}
