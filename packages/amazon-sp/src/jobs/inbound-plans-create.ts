import { systemClock } from '@fluxori/core';
import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import { createPlanOnce, type PlanOutcome, type PlanState } from '../inbound/create-plan-once.js';
import { inboundPace } from '../inbound/inbound-operation.js';
import { planBounds } from '../inbound/inbound-plan.js';
import { jobJournal } from '../workflow/journal.js';
import { jobTerms } from '../workflow/terms.js';
import { defaultTimings } from '../workflow/timings.js';
import { runWorkflow } from '../workflow/workflow.js';
import type { AmazonJobParts } from './job-parts.js';
import { marketplaceField, skuField, unitsField } from './payload-fields.js';

const text = (what: string) => z.string(`write ${what} as text`).trim().min(1, `${what} is empty`);
const owner = z.enum(['AMAZON', 'SELLER', 'NONE'], 'write AMAZON, SELLER or NONE');

const payloadSchema = z.strictObject({
  /** Its own for each plan, so that it can be found again; made of the job's id if absent. */
  name: text('the name').max(planBounds.nameLength, `at most ${planBounds.nameLength} characters`).optional(),
  /** The account's first marketplace by default. */
  marketplaceId: marketplaceField.optional(),
  /** The seller's own address that the goods leave from. */
  source: z.strictObject({
    name: text('the name'),
    lines: z.array(text('the line')).min(1, 'write the street').max(2, 'at most two lines'),
    city: text('the city'),
    stateOrRegion: text('the region').optional(),
    postalCode: text('the postal code'),
    countryCode: z.string().regex(/^[A-Z]{2}$/, 'write two capital letters, e.g. ZA'),
    phone: text('the phone number'),
    company: text('the company').optional(),
    email: text('the e-mail address').optional(),
  }),
  items: z
    .array(
      z.strictObject({
        sku: skuField,
        quantity: unitsField.max(planBounds.units, 'at most 500,000 units'),
        labelOwner: owner,
        prepOwner: owner,
        expiresOn: z.iso.date('write a day, e.g. 2027-01-31').optional(),
        lotCode: text('the lot').max(256).optional(),
      }),
    )
    .min(1, 'name at least one item')
    .max(planBounds.items, `at most ${planBounds.items} items`),
});

export type InboundPlansCreatePayload = z.output<typeof payloadSchema>;

/** Makes one plan to send goods to Amazon, and waits until Amazon has judged it. */
export function inboundPlansCreate(parts: AmazonJobParts): JobDefinition {
  const { connector, clock = systemClock } = parts;
  const timings = { ...defaultTimings, ...inboundPace, ...parts.timings };
  return defineJob<InboundPlansCreatePayload, PlanState, PlanOutcome>({
    name: 'inbound.plans.create',
    section: 'inbound',
    version: 1,
    payload: payloadSchema,
    describe: ({ name, items }) => ({ ...(name !== undefined && { name }), items: items.length }),
    async run(ctx) {
      const { inbound, api, config } = await connector(ctx.accountId);
      const { name = `Plan ${ctx.jobId}`.slice(-planBounds.nameLength) } = ctx.payload;
      const { step: _, ...outcome } = await runWorkflow(
        createPlanOnce({ inbound, context: { api, config, clock }, plan: { ...ctx.payload, name }, timings }),
        { journal: jobJournal(ctx), terms: jobTerms(ctx) },
      );
      return outcome;
    },
  });
}
