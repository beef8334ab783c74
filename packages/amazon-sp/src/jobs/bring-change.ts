import { priorities, systemClock } from '@fluxori/core';
import { type JobContext, reviveError } from '@fluxori/queue';
import { type ChangeField, type ChangeSubject, jobOfOrder, orderOfJob } from '../changes/change.js';
import { changeNetMs, changeWakeKey } from '../changes/change-box.js';
import { coalescingDefaults } from '../changes/change-means.js';
import { summonFlush } from '../changes/summon-flush.js';
import type { AmazonSPConnector } from '../connector.js';
import type { ListingPatch } from '../listings/listing-mapping.js';
import { type AmazonJobParts, queuesOf } from './job-parts.js';
import type { ListingChangeResult } from './listing-change-result.js';

/** What a job that brings a change remembers. */
export interface BringState {
  /** How often it was told that its own change had failed: tried again, it brings it anew. */
  readonly failures: number;
}

/**
 * Puts a job's change where it meets the others of its account, and waits until it has come to something.
 * @throws what Amazon has against it, or against the later change that took its place.
 */
export async function bringChange(
  ctx: JobContext<unknown, BringState>,
  parts: AmazonJobParts,
  amazon: AmazonSPConnector,
  change: ChangeSubject & { readonly patch: ListingPatch },
): Promise<ListingChangeResult> {
  const { clock = systemClock, coalescing } = parts;
  const { gatherMs } = { ...coalescingDefaults, ...coalescing };
  const failures = ctx.state?.failures ?? 0;
  const state = await amazon.changes.bring(
    { ...change, order: orderOfJob(ctx.jobId, failures), priority: priorities[ctx.priority] },
    summonFlush(queuesOf(parts), ctx.accountId, gatherMs),
  );
  if (state.state === 'waiting') {
    ctx.park({
      until: new Date(clock.now() + changeNetMs),
      reason:
        'it goes to Amazon together with other changes of this account, and is told as soon as that is done',
      wakeOn: changeWakeKey(state.segment),
    });
  }
  const { outcome, supersededBy } = state;
  if (outcome.status === 'failed') {
    // What is remembered of it must not answer the next try, e.g. after somebody has corrected the listing.
    if (supersededBy === undefined) await ctx.checkpoint({ failures: failures + 1 });
    throw reviveError(outcome.error);
  }
  const { status: _, ...told } = outcome;
  return { sku: change.sku, ...statusOf(change.field, supersededBy), ...told };
}

function statusOf(
  field: ChangeField,
  supersededBy: string | undefined,
): Pick<ListingChangeResult, 'status' | 'supersededBy'> {
  if (supersededBy === undefined) return { status: 'accepted' };
  return { status: 'superseded', supersededBy: jobOfOrder(field, supersededBy) };
}
