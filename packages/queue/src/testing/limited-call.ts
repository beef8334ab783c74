import { type BucketLimit, type BucketStore, priorities, RateLimitError, sleep } from '@fluxori/core';
import type { CallTerms } from '../job/job-context.js';
import type { Run } from './rig.js';

/** A token that a job was given. Times are milliseconds since 1970. */
export interface Grant {
  readonly n: number;
  readonly askedAt: number;
  readonly at: number;
}

/** One question for a token, and what came of it, in milliseconds since 1970. */
export interface Question {
  readonly n: number;
  readonly answeredAt: number;
  /** Absent when it was granted. */
  readonly retryAt?: number;
  /** The token comes later than the job's terms let the call wait. */
  readonly isTooLate: boolean;
}

interface Listeners {
  /** Before a question. */
  readonly asks?: (n: number) => void;
  readonly answered?: (question: Question) => void;
}

/** A handler that makes one remote call, which needs a token of the backend's own buckets, as the connector's calls do. */
export function limitedCall(
  buckets: BucketStore,
  limit: BucketLimit,
  grants: Grant[],
  { asks, answered }: Listeners = {},
): Run {
  const call = async (n: number, { priority, maxWaitMs, waiter, signal }: CallTerms) => {
    const latest = Date.now() + maxWaitMs;
    for (;;) {
      asks?.(n);
      const askedAt = Date.now();
      const answer = await buckets.take([limit], { priority: priorities[priority], waiter });
      const answeredAt = Date.now();
      if (answer.granted) {
        answered?.({ n, answeredAt, isTooLate: false });
        grants.push({ n, askedAt, at: answeredAt });
        await buckets.settle(answer.grant);
        return;
      }
      const { retryAt } = answer;
      const isTooLate = retryAt > latest;
      answered?.({ n, answeredAt, retryAt, isTooLate });
      if (isTooLate) throw new RateLimitError(`No token for ${limit.key}.`, { retryAt: new Date(retryAt) });
      await sleep(retryAt - Date.now(), signal);
    }
  };
  return (ctx) => ctx.call((terms) => call(ctx.payload.n, terms));
}
