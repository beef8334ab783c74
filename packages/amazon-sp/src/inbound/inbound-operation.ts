import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { ValidationError } from '@fluxori/core';
import type { SpCallOptions } from '../pipeline/call-options.js';
import { callOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import type { Terms } from '../workflow/terms.js';
import { nextPollMs, type WorkflowTimings } from '../workflow/timings.js';

type AmazonStatus = ResponseOf<'fulfillmentInbound', '2024-03-20', 'getInboundOperationStatus'>;

/** Work that Amazon has taken on, and does by and by. */
export interface InboundOperation {
  readonly operationId: string;
}

/** What Amazon has to say of an operation, beside that it was done. */
export interface OperationProblem {
  readonly code: string;
  readonly message: string;
  readonly details?: string;
  readonly severity: string;
}

export interface OperationStatus extends InboundOperation {
  /** Amazon's name of it, e.g. `createInboundPlan`. */
  readonly operation: string;
  readonly status: 'in-progress' | 'done' | 'failed';
  readonly problems: readonly OperationProblem[];
}

/** Operations on inbound plans take seconds, some minutes; each look costs one of two a second. */
export const inboundPace = { firstPollMs: 2_000, longestPollMs: 20_000 } as const;

const statuses: Readonly<Record<string, OperationStatus['status']>> = { SUCCESS: 'done', FAILED: 'failed' };

/** One look. */
export async function lookAtOperation(
  { api }: Pick<SectionContext, 'api'>,
  operationId: string,
  options: SpCallOptions,
): Promise<OperationStatus> {
  const answer = await api('fulfillmentInbound').getInboundOperationStatus(
    { operationId },
    callOptions(options),
  );
  return toStatus(answer);
}

function toStatus({
  operation,
  operationId,
  operationProblems,
  operationStatus,
}: AmazonStatus): OperationStatus {
  return {
    operation,
    operationId,
    status: statuses[operationStatus] ?? 'in-progress',
    problems: (operationProblems ?? []).map(({ code, message, details, severity }) => ({
      ...{ code, message, severity },
      ...(details && { details }),
    })),
  };
}

export interface SettleParts {
  readonly context: Pick<SectionContext, 'api' | 'config' | 'clock'>;
  readonly terms: Terms;
  readonly timings: Pick<WorkflowTimings, 'firstPollMs' | 'longestPollMs' | 'stuckAfterMs'>;
  /** When it was asked for, in milliseconds since the epoch: looks grow apart from then on. */
  readonly sinceMs: number;
}

/**
 * Waits until Amazon has done what it took on. In a job each wait parks it, and the run that follows calls this again with the same `sinceMs`; run
 * directly it sleeps.
 *
 * @returns how it ended, with what Amazon warns of.
 * @throws ValidationError listing what Amazon has against it, when it failed; or that it is not done after `stuckAfterMs`.
 */
export async function settleOperation(
  operationId: string,
  { context, terms, timings, sinceMs }: SettleParts,
): Promise<OperationStatus> {
  const { clock, config } = context;
  for (;;) {
    const seen = await terms.call((options) => lookAtOperation(context, operationId, options), {
      repeatable: true,
    });
    if (seen.status === 'done') return seen;
    if (seen.status === 'failed') throw failed(seen, config.accountId);
    const elapsedMs = clock.now() - sinceMs;
    if (elapsedMs > timings.stuckAfterMs) throw stuck(seen, elapsedMs, config.accountId);
    const until = new Date(clock.now() + nextPollMs(elapsedMs, { ...timings } as WorkflowTimings));
    await terms.wait({ until, reason: `Amazon is at ${seen.operation}` });
  }
}

function failed({ operation, operationId, problems }: OperationStatus, account: string): ValidationError {
  const words = problems.map(({ code, message, details }) =>
    [code, message, details].filter(Boolean).join(', '),
  );
  return new ValidationError(
    `Amazon did not do ${operation} for ${account}: ${words.join('; ') || 'it does not say why'}.`,
    {
      account,
      operation: `fulfillmentInbound.${operation}`,
      problems: words,
      remedy: 'Correct what Amazon names, and ask for it again: nothing of it was done.',
      details: { operationId, ...(problems[0] && { remoteCode: problems[0].code }) },
    },
  );
}

function stuck({ operation, operationId }: OperationStatus, ms: number, account: string): ValidationError {
  return new ValidationError(
    `Amazon has been at ${operation} for ${account} for ${Math.round(ms / 60_000)} minutes and is not done.`,
    {
      account,
      operation: `fulfillmentInbound.${operation}`,
      remedy: `Ask again later with inbound.settled({ operationId: '${operationId}' }), or ask Amazon’s support.`,
      details: { operationId },
    },
  );
}
