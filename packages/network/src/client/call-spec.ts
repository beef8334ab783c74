import type { FluxoriError, Priority, RateSnapshot, RequestSigner } from '@fluxori/core';
import type { RateTracker } from '../rate/rate-tracker.js';
import type { UsagePlan } from '../rate/usage-plan.js';
import type { HttpAnswer } from '../transport/http-answer.js';

/** What a connector knows about a failed answer beside the answer. Made to be spread into the error's context. */
export interface AnswerContext {
  readonly operation: string;
  readonly account?: string;
  readonly requestId?: string;
  /** By the remote side's clock where it told it. */
  readonly at: Date;
  readonly attempts: number;
  readonly rate?: RateSnapshot;
}

/** One call: what to send, under which limits, with whose authority, and what its answers mean. */
export interface CallSpec {
  /** For people and metrics, e.g. `orders.searchOrders`. */
  readonly operation: string;
  readonly account?: string;
  readonly method: string;
  /** Absolute, with its query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Whether doing it twice leaves what doing it once does. Only then it is repeated when its outcome is unknown. */
  readonly idempotent: boolean;
  /** A token is taken from these buckets for every attempt. */
  readonly rate?: { readonly tracker: RateTracker; readonly plans: readonly UsagePlan[] };
  /** Headers for each attempt. `rejected`: the last ones were refused as expired, others are needed. */
  readonly authorize?: (options: {
    signal?: AbortSignal;
    rejected?: boolean;
  }) => Promise<Readonly<Record<string, string>>>;
  /** Signs each attempt, instead of the client's own signer. */
  readonly signer?: RequestSigner;
  /** Whether this refusal only means that the token has expired. Then it is renewed once and the call repeated. */
  readonly isExpiredToken?: (answer: HttpAnswer) => boolean;
  /** Whether this answer means "too many requests"; status 429 by default. */
  readonly isThrottle?: (answer: HttpAnswer) => boolean;
  /** The connector's error for an answer that is no success. */
  readonly toError: (answer: HttpAnswer, context: AnswerContext) => FluxoriError;
  /**
   * What a success must bring. `json` (the default): a success without JSON is an error, status 204 and 205 and HEAD apart.
   * `json-or-nothing`: an empty body is fine, too. `anything`: whatever comes is passed on.
   */
  readonly expect?: 'json' | 'json-or-nothing' | 'anything';
}

export interface CallOptions {
  /** Ends every wait at once; no further request is made. */
  readonly signal?: AbortSignal;
  readonly priority?: Priority;
  /** The longest wait for a rate token, in milliseconds; without limit by default. */
  readonly maxWaitMs?: number;
  /** Names the asker (a job) while it waits for a rate token; log lines have it as `jobId`. */
  readonly waiter?: string;
  /** For log lines and spans of calls outside of a job, e.g. the id of the web request that they serve. */
  readonly correlationId?: string;
  /** For all attempts and pauses together, in milliseconds; waiting for rate tokens does not count. 120,000 by default. */
  readonly deadlineMs?: number;
}
