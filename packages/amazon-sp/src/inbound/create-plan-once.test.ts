import { systemClock } from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { directTerms } from '../workflow/terms.js';
import { defaultTimings } from '../workflow/timings.js';
import { runWorkflow } from '../workflow/workflow.js';
import { createPlanOnce, type PlanState } from './create-plan-once.js';
import type { InboundClient } from './inbound-client.js';
import type { NewInboundPlan } from './inbound-plan.js';

describe('A plan whose answer was lost', () => {
  it('is not looked for without end in a list that leads back to itself', async () => {
    let pages = 0;
    const other = { planId: 'p', name: 'Another', status: 'ACTIVE', createdAt: new Date().toISOString() };
    const page = async () => {
      if (++pages > 10) throw new Error('It goes round in circles.');
      return { items: [other], nextCursor: 'the same' };
    };
    const inbound = { plans: { page } } as unknown as InboundClient;
    const state: PlanState = { step: 'look', sentAt: new Date().toISOString() };
    const plan = { name: 'Mine', items: [] } as unknown as NewInboundPlan & { name: string };
    const timings = { ...defaultTimings, listedAfterMs: 0 };
    const context = { api: undefined as never, config: undefined as never, clock: systemClock };
    const looking = runWorkflow(createPlanOnce({ inbound, context, plan, timings }), {
      journal: { state, save: async () => {} },
      terms: directTerms(),
    });
    await expect(looking).rejects.toMatchObject({ code: 'PAGE_TOKEN_REPEATED' });
    expect(pages).toBe(2);
  });
});
