import { paged } from '@fluxori/core';
import type { SectionContext } from '../pipeline/section-context.js';
import { attempt } from '../workflow/attempt.js';
import type { Terms } from '../workflow/terms.js';
import type { WorkflowTimings } from '../workflow/timings.js';
import type { Workflow } from '../workflow/workflow.js';
import type { InboundClient } from './inbound-client.js';
import { type OperationProblem, settleOperation } from './inbound-operation.js';
import type { NewInboundPlan } from './inbound-plan.js';

export interface PlanOutcome {
  readonly planId: string;
  /** `found`: an earlier attempt whose answer was lost had arrived. */
  readonly outcome: 'created' | 'found';
  /** What Amazon warns of. */
  readonly problems: readonly OperationProblem[];
}

export type PlanState =
  | { readonly step: 'intend' }
  /** The plan is about to be asked for, or was. */
  | { readonly step: 'create'; readonly sentAt: string }
  | { readonly step: 'look'; readonly sentAt: string }
  | {
      readonly step: 'settle';
      readonly sentAt: string;
      readonly planId: string;
      readonly operationId: string;
    }
  | ({ readonly step: 'end' } & PlanOutcome);

interface Parts {
  readonly inbound: InboundClient;
  readonly context: Pick<SectionContext, 'api' | 'config' | 'clock'>;
  readonly plan: NewInboundPlan & { readonly name: string };
  readonly timings: WorkflowTimings;
}

/** Makes one plan: after a lost answer it is looked for by its name, its time and its goods before it is asked for again. */
export function createPlanOnce({ inbound, context, plan, timings }: Parts): Workflow<PlanState> {
  const { clock } = context;
  return {
    name: 'inbound.plans.create',
    begin: () => ({ step: 'intend' }),
    steps: {
      intend: async () => ({ step: 'create', sentAt: new Date(clock.now()).toISOString() }),
      create: async ({ sentAt }, { terms, resumed, back }) => {
        if (resumed) return { step: 'look', sentAt };
        const tried = await attempt(() => terms.call((options) => inbound.plans.create(plan, options)));
        if (tried.outcome === 'done') return { step: 'settle', sentAt, ...tried.answer };
        const next: PlanState = tried.outcome === 'unknown' ? { step: 'look', sentAt } : { step: 'intend' };
        return back(next, tried.error);
      },
      look: async ({ sentAt }, { terms }) => {
        const until = new Date(Date.parse(sentAt) + timings.listedAfterMs);
        if (clock.now() < until.getTime())
          await terms.wait({ until, reason: 'Amazon needs a moment to list the plan' });
        const sinceMs = Date.parse(sentAt) - timings.clockSkewMs;
        const planId = await findPlan(inbound, plan, sinceMs, terms);
        // The operation's id was lost with the answer; that the plan is listed with its goods says as much.
        return planId === undefined
          ? { step: 'intend' }
          : { step: 'end', outcome: 'found', planId, problems: [] };
      },
      settle: async ({ sentAt, planId, operationId }, { terms }) => {
        const sinceMs = Date.parse(sentAt);
        const { problems } = await settleOperation(operationId, { context, terms, timings, sinceMs });
        return { step: 'end', outcome: 'created', planId, problems };
      },
    },
  };
}

async function findPlan(
  inbound: InboundClient,
  plan: Parts['plan'],
  sinceMs: number,
  terms: Terms,
): Promise<string | undefined> {
  const wanted = contents(plan.items);
  const plans = paged((cursor) =>
    terms.call((options) =>
      inbound.plans.page({ ...options, sortBy: 'CREATION_TIME', sortOrder: 'DESC', cursor }),
    ),
  );
  for await (const { planId, name, status, createdAt } of plans) {
    if (Date.parse(createdAt) < sinceMs) return undefined;
    if (name !== plan.name || status === 'ERRORED') continue;
    const items = await terms.call((options) => Array.fromAsync(inbound.plans.items(planId, options)));
    if (contents(items) === wanted) return planId;
  }
  return undefined;
}

/** How many of each SKU, whatever the order and the lots. */
function contents(items: readonly { readonly sku: string; readonly quantity: number }[]): string {
  const bySku = new Map<string, number>();
  for (const { sku, quantity } of items) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity);
  return JSON.stringify([...bySku].sort(([a], [b]) => (a < b ? -1 : 1)));
}
