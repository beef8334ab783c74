import {
  type CanonicalRecord,
  type InboundShipment,
  isErrorOf,
  type JsonValue,
  systemClock,
  type WriteResult,
} from '@fluxori/core';
import { defineJob, type JobContext, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { AmazonSPConnector } from '../connector.js';
import type { InboundPlanSummary } from '../inbound/inbound-plan.js';
import { isEnded } from '../inbound/inbound-shipment-mapping.js';
import type { AmazonJobParts } from './job-parts.js';
import { followed, isRefusedPageToken } from './page-trail.js';
import { instantField } from './payload-fields.js';
import { addCounts, noCounts } from './write-counts.js';

const payloadSchema = z.strictObject({
  /** Where the very first import begins (or any, with `restart`): plans changed since then; 90 days ago by default. */
  since: instantField.optional(),
  /** Begin at `since` although an earlier import has been there. */
  restart: z.boolean().optional(),
});

export type InboundImportPayload = z.output<typeof payloadSchema>;

type Plan = Pick<InboundPlanSummary, 'planId' | 'marketplaceIds'>;
/** A shipment that was still on its way when it was looked at last. */
interface OpenShipment extends Plan {
  readonly shipmentId: string;
}

interface State {
  /** When this import began; the next one's beginning, but for a margin. */
  readonly until: string;
  readonly since: string;
  /** All plans are listed. */
  readonly listed: boolean;
  readonly cursor?: string;
  readonly trail: readonly string[];
  readonly restarts: number;
  /** Plans of the page that are still to be looked at. */
  readonly plansLeft: readonly Plan[];
  /** Shipments of earlier imports that are still to be looked at. */
  readonly openLeft: readonly OpenShipment[];
  readonly open: readonly OpenShipment[];
  readonly plans: number;
  readonly shipments: number;
  readonly counts: WriteResult;
}

export interface InboundImportResult extends WriteResult {
  readonly plans: number;
  readonly shipments: number;
  /** Of those, how many are not ended. */
  readonly open: number;
  /** ISO 8601. */
  readonly since: string;
  readonly until: string;
}

const key = 'inbound.import/watermark';
const firstImportMs = 90 * 24 * 3_600_000;
/** What Amazon lists late, and clocks that differ. */
const marginMs = 3_600_000;
const mostRestarts = 5;
/** So many shipments that are not ended are remembered, the newest. */
const mostOpen = 1_000;

type Context = JobContext<InboundImportPayload, State>;

/**
 * Brings in the shipments of plans that changed since the last import, and looks again at those that were not ended then: Amazon does not say that a
 * plan changes when its shipments are received.
 */
export function inboundImport({ connector, clock = systemClock }: AmazonJobParts): JobDefinition {
  return defineJob<InboundImportPayload, State, InboundImportResult>({
    name: 'inbound.import',
    section: 'inbound',
    version: 1,
    payload: payloadSchema,
    run: async (ctx) => importShipments(ctx, await connector(ctx.accountId), clock.now()),
  });
}

async function importShipments(
  ctx: Context,
  { inbound }: AmazonSPConnector,
  nowMs: number,
): Promise<InboundImportResult> {
  let state = ctx.state ?? begin(ctx.payload, await ctx.readState(key), nowMs);
  for (;;) {
    const [plan] = state.plansLeft;
    const [open] = state.openLeft;
    if (plan !== undefined) {
      const { shipments } = await unlessGone(
        ctx.call((terms) => inbound.plans.get(plan.planId, terms)),
        { shipments: [] },
      );
      const found: InboundShipment[] = [];
      for (const { shipmentId } of shipments)
        found.push(await ctx.call((terms) => inbound.shipments.get(plan, shipmentId, terms)));
      const seen = new Set(found.map(({ shipmentId }) => shipmentId));
      state = await keep(ctx, found, {
        ...state,
        plansLeft: state.plansLeft.slice(1),
        openLeft: state.openLeft.filter(({ shipmentId }) => !seen.has(shipmentId)),
        plans: state.plans + 1,
      });
    } else if (!state.listed) {
      state = await listPlans(ctx, inbound, state);
      await ctx.checkpoint(state);
    } else if (open !== undefined) {
      const look = ctx.call((terms) => inbound.shipments.get(open, open.shipmentId, terms));
      const found = await unlessGone(look, undefined);
      state = await keep(ctx, found === undefined ? [] : [found], {
        ...state,
        openLeft: state.openLeft.slice(1),
      });
    } else break;
  }
  const { plans, shipments, since, until, counts } = state;
  const watermark = { changedUpTo: until, open: state.open } as unknown as JsonValue;
  await ctx.checkpoint(state, { state: { [key]: watermark } });
  return { plans, shipments, open: state.open.length, ...counts, since, until };
}

/** What Amazon lists it may not give any more a moment later. */
async function unlessGone<T, Instead>(look: Promise<T>, instead: Instead): Promise<T | Instead> {
  try {
    return await look;
  } catch (error) {
    if (isErrorOf(error, 'NotFoundError')) return instead;
    throw error;
  }
}

function begin(payload: InboundImportPayload, kept: JsonValue | undefined, nowMs: number): State {
  const { changedUpTo, open = [] } = (kept ?? {}) as { changedUpTo?: string; open?: readonly OpenShipment[] };
  const last = Date.parse(changedUpTo ?? '');
  const first = Date.parse(payload.since ?? '') || nowMs - firstImportMs;
  const sinceMs = Number.isNaN(last) || payload.restart ? first : last - marginMs;
  return {
    since: new Date(sinceMs).toISOString(),
    until: new Date(nowMs).toISOString(),
    listed: false,
    trail: [],
    restarts: 0,
    plansLeft: [],
    openLeft: open,
    open: [],
    plans: 0,
    shipments: 0,
    counts: noCounts,
  };
}

/** The next page of plans, newest change first, down to where the last import was. */
async function listPlans(ctx: Context, inbound: AmazonSPConnector['inbound'], state: State): Promise<State> {
  const { cursor, restarts } = state;
  try {
    const { items, nextCursor } = await ctx.call((terms) => inbound.plans.page({ ...terms, cursor }));
    const changed = items.filter(({ updatedAt }) => updatedAt >= state.since);
    const more = nextCursor !== undefined && changed.length === items.length;
    return {
      ...state,
      listed: !more,
      cursor: more ? nextCursor : undefined,
      trail: more ? followed(state.trail, nextCursor, 'fulfillmentInbound.listInboundPlans') : [],
      plansLeft: changed.map(({ planId, marketplaceIds }) => ({ planId, marketplaceIds })),
    };
  } catch (error) {
    if (!isRefusedPageToken(error, cursor) || restarts >= mostRestarts) throw error;
    return { ...state, cursor: undefined, trail: [], restarts: restarts + 1 };
  }
}

async function keep(ctx: Context, found: readonly InboundShipment[], state: State): Promise<State> {
  const still = found
    .filter((one) => !isEnded(one))
    .map(({ planId, marketplaceIds, shipmentId }) => ({
      ...{ planId, marketplaceIds, shipmentId },
    }));
  const ids = new Set(still.map(({ shipmentId }) => shipmentId));
  const after: State = {
    ...state,
    open: [...state.open.filter(({ shipmentId }) => !ids.has(shipmentId)), ...still].slice(0, mostOpen),
    shipments: state.shipments + found.length,
  };
  const written = await ctx.checkpoint(after, { records: found.map(toRecord) });
  const counted = { ...after, counts: addCounts(state.counts, written) };
  await ctx.checkpoint(counted);
  await ctx.progress({ done: counted.shipments, unit: 'shipments' });
  return counted;
}

function toRecord(shipment: InboundShipment): CanonicalRecord {
  return {
    kind: 'inbound-shipment',
    id: shipment.shipmentId,
    version: shipment.observedAt,
    value: shipment,
  };
}
