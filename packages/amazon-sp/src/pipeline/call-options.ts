import type { CallOptions, Priority } from '@fluxori/core';
import type { DataElement } from '../auth/restricted-operations.js';

/** What every call of this connector takes. */
export interface SpCallOptions extends CallOptions {
  /** Who goes first when calls wait for the same limit; `normal` by default. */
  readonly priority?: Priority;
  /** The longest wait for a limit, in milliseconds; a longer one fails at once with a RateLimitError that says when to come back. */
  readonly maxWaitMs?: number;
  /** Names the job that asks, so that it keeps its place among those who wait. */
  readonly waiter?: string;
  /** For log lines and spans of calls outside of a job, e.g. the id of the web request that they serve. */
  readonly correlationId?: string;
  /** The time that all attempts together may take, in milliseconds; waiting for a limit does not count. 120,000 by default. */
  readonly deadlineMs?: number;
}

/** What a success says beside its body. */
export interface AnswerFacts {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Amazon's request id, for its support. */
  readonly requestId?: string;
  readonly receivedAt: Date;
}

/** What a call of `api(…)` takes besides its parameters. */
export interface ApiCallOptions extends SpCallOptions {
  /**
   * Restricted data tokens are used by a table, without asking. `false`: call with the seller's token all the same (and get less data);
   * `true`: use one where the table leaves it to the caller (restricted report documents); with `dataElements`: these instead of the table's.
   */
  readonly rdt?: boolean | { readonly dataElements: readonly DataElement[] };
  /**
   * For facts at Amazon that are newer than this release: sends the parameters as they are. Names, values, sizes, marketplaces and what is
   * required are not checked, unknown names go into the query (`body` into the body), and `rdt` fetches a token for any operation. Off by default;
   * the path's own values are needed all the same. Limits, tokens and errors are as ever.
   */
  readonly unchecked?: boolean;
  /** Told about the answer when the call succeeds. */
  readonly onAnswer?: (facts: AnswerFacts) => void;
}

/** The options of a call that travel from a section client to the pipeline. */
export function callOptions({
  signal,
  priority,
  maxWaitMs,
  waiter,
  correlationId,
  deadlineMs,
}: SpCallOptions): SpCallOptions {
  return { signal, priority, maxWaitMs, waiter, correlationId, deadlineMs };
}
