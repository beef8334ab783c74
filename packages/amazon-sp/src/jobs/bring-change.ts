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

/**
 * Puts a job's change where it meets the others of its account, and waits until it has come to something.
 * @throws what Amazon has against it, or against the later change that took its place.
 */
export async function bringChange(
  ctx: JobContext,
  parts: AmazonJobParts,
  amazon: AmazonSPConnector,
  change: ChangeSubject & { readonly patch: ListingPatch },
): Promise<ListingChangeResult> {
  const { clock = systemClock, coalescing } = parts;
  const { gatherMs } = { ...coalescingDefaults, ...coalescing };
  const state = await amazon.changes.bring(
    { ...change, order: orderOfJob(ctx.jobId), priority: priorities[ctx.priority] },
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
  if (outcome.status === 'failed') throw reviveError(outcome.error);
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
