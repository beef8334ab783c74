import { systemClock } from '@fluxori/core';
import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import { type SendOutcome, type SendState, sendingName, sendOnce } from '../messaging/send-once.js';
import { jobJournal } from '../workflow/journal.js';
import { jobTerms } from '../workflow/terms.js';
import { runWorkflow } from '../workflow/workflow.js';
import type { AmazonJobParts } from './job-parts.js';
import { marketplaceField, orderIdField } from './payload-fields.js';

const payloadSchema = z.strictObject({
  orderId: orderIdField,
  /** Of a message that `connector.messaging.prepare(orderId, message)` keeps: what is written to a buyer is not in the payload. */
  messageId: z.string('write the id of the message as text').min(1, 'the id of the message is empty'),
  /** Where the order was placed; the account's first marketplace by default. */
  marketplaceId: marketplaceField.optional(),
  /** After an outcome that was told as unknown: a person has looked in Seller Central, and the message is not there. */
  sendAgain: z.boolean().optional(),
});

export type MessagingSendPayload = z.output<typeof payloadSchema>;

export interface MessagingSendResult extends SendOutcome {
  readonly orderId: string;
}

/** Sends a message to the buyer of an order, at most once, however many jobs there are for it: see `sendOnce`. */
export function messagingSend({ connector, clock = systemClock }: AmazonJobParts): JobDefinition {
  return defineJob<MessagingSendPayload, SendState, MessagingSendResult>({
    name: 'messaging.send',
    section: 'messaging',
    version: 1,
    payload: payloadSchema,
    describe: ({ orderId, messageId }) => ({ orderId, messageId }),
    async run(ctx) {
      const { messaging, config } = await connector(ctx.accountId);
      const { orderId, messageId } = ctx.payload;
      const order = { ...ctx.payload, by: ctx.jobId, account: config.accountId };
      const { step: _, ...outcome } = await runWorkflow(
        sendOnce({ ...order, messaging, now: () => clock.now() }),
        { journal: jobJournal(ctx), terms: jobTerms(ctx) },
      );
      // After the job's own record, so that a crash in between is made good by the next run.
      const { kind } = outcome;
      if (outcome.outcome === 'sent')
        await messaging.sendings.done(sendingName(orderId, messageId), ctx.jobId, { kind });
      await messaging.forget(orderId, messageId);
      return { orderId, ...outcome };
    },
  });
}
