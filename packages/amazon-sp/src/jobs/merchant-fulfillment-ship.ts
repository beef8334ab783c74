import { systemClock } from '@fluxori/core';
import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import { buyOnce, type ShipOutcome, type ShipState } from '../merchant-fulfillment/buy-once.js';
import { jobJournal } from '../workflow/journal.js';
import { jobTerms } from '../workflow/terms.js';
import { defaultTimings } from '../workflow/timings.js';
import { runWorkflow } from '../workflow/workflow.js';
import type { AmazonJobParts } from './job-parts.js';
import { instantField, moneyField, orderIdField, unitsField } from './payload-fields.js';

const text = (what: string) => z.string(`write ${what} as text`).trim().min(1, `${what} is empty`);
const measure = z.number('write a number').positive('must be above zero');

const payloadSchema = z.strictObject({
  orderId: orderIdField,
  /** The seller's own number of the parcel, unique within the order: for each, one label is bought. */
  packageId: text('the number of the parcel').max(64),
  items: z
    .array(z.strictObject({ orderItemId: text('the id of the line'), quantity: unitsField }))
    .min(1, 'name at least one item'),
  /** The seller's own address. The recipient is Amazon's to know. */
  shipFrom: z.strictObject({
    name: text('the name'),
    lines: z.array(text('the line')).min(1, 'write the street').max(3, 'at most three lines'),
    city: text('the city'),
    stateOrRegion: text('the region').optional(),
    postalCode: text('the postal code'),
    countryCode: z.string().regex(/^[A-Z]{2}$/, 'write two capital letters, e.g. ZA'),
    phone: text('the phone number'),
    email: text('the e-mail address'),
  }),
  sizeCm: z.strictObject({ length: measure, width: measure, height: measure }).optional(),
  box: text('the box').optional(),
  weightGrams: measure,
  shipAt: instantField.optional(),
  arriveBy: instantField.optional(),
  delivery: z
    .enum([
      'DeliveryConfirmationWithAdultSignature',
      'DeliveryConfirmationWithSignature',
      'DeliveryConfirmationWithoutSignature',
      'NoTracking',
    ])
    .optional(),
  pickUp: z.boolean().optional(),
  declaredValue: moneyField.optional(),
  labelFormat: z.enum(['PDF', 'PNG', 'ZPL203', 'ZPL300', 'ShippingServiceDefault']).optional(),
  packingSlip: z.boolean().optional(),
  /** A service by its id, or the one that costs least or arrives first. */
  choose: z.union([
    z.strictObject({ serviceId: text('the id of the service') }),
    z.strictObject({
      by: z.enum(['cheapest', 'fastest']),
      carriers: z.array(text('the carrier')).min(1).optional(),
    }),
  ]),
  /** A dearer label is not bought. */
  maxPrice: moneyField.optional(),
  /** After an outcome that was told as unknown: a person has looked in Seller Central, and no label was bought. */
  buyAgain: z.boolean().optional(),
});

export type ShipPayload = z.output<typeof payloadSchema>;

/**
 * Buys the label of a parcel, once: see `buyOnce`. The label itself is not in the result, since it holds the recipient's address:
 * `connector.merchantFulfillment.label(shipmentId)` gives it, as often as it is asked for.
 */
export function merchantFulfillmentShip(parts: AmazonJobParts): JobDefinition {
  const { connector, clock = systemClock } = parts;
  const timings = { ...defaultTimings, ...parts.timings };
  return defineJob<ShipPayload, ShipState, ShipOutcome>({
    name: 'merchantFulfillment.ship',
    section: 'merchant-fulfillment',
    version: 1,
    priority: 'high',
    payload: payloadSchema,
    describe: ({ orderId, packageId, items }) => ({ orderId, packageId, items: items.length }),
    async run(ctx) {
      const { merchantFulfillment: client, config } = await connector(ctx.accountId);
      const { step: _, ...outcome } = await runWorkflow(
        buyOnce({
          ...{ client, timings, wish: ctx.payload, by: ctx.jobId, account: config.accountId },
          now: () => clock.now(),
        }),
        { journal: jobJournal(ctx), terms: jobTerms(ctx) },
      );
      const { shipmentId, trackingNumber } = outcome;
      const { orderId, packageId } = ctx.payload;
      // After the job's own record, so that a crash in between is made good by the next run.
      if (outcome.outcome !== 'found')
        await client.purchases.bought({ orderId, packageId }, ctx.jobId, { shipmentId, trackingNumber });
      return outcome;
    },
  });
}
