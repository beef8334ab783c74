import { type OrderId, RemoteError, systemClock } from '@fluxori/core';
import { defineJob, type JobDefinition } from '@fluxori/queue';
import { z } from 'zod';
import type { MessagingClient } from '../messaging/messaging-client.js';
import { attempt } from '../workflow/attempt.js';
import { jobJournal } from '../workflow/journal.js';
import { jobTerms } from '../workflow/terms.js';
import { runWorkflow, type Workflow } from '../workflow/workflow.js';
import type { AmazonJobParts } from './job-parts.js';
import { marketplaceField, orderIdField } from './payload-fields.js';

const payloadSchema = z.strictObject({
  orderId: orderIdField,
  /** Of a message that `connector.messaging.prepare(orderId, message)` keeps: what is written to a buyer is not in the payload. */
  messageId: z.string('write the id of the message as text').min(1, 'the id of the message is empty'),
  /** Where the order was placed; the account's first marketplace by default. */
  marketplaceId: marketplaceField.optional(),
});

export type MessagingSendPayload = z.output<typeof payloadSchema>;

export interface MessagingSendResult {
  readonly orderId: string;
  readonly kind: string;
}

type State =
  | { readonly step: 'ask' }
  /** The message is about to be sent, or was. */
  | { readonly step: 'send'; readonly sentAt: string }
  | { readonly step: 'lost'; readonly sentAt: string }
  | ({ readonly step: 'end' } & MessagingSendResult);

/**
 * Sends a message to the buyer of an order, at most once: Amazon has no list of what was sent, so one whose answer was lost is told as unknown and not
 * sent again. Queueing the job anew is a person's word that it shall be.
 */
export function messagingSend({ connector, clock = systemClock }: AmazonJobParts): JobDefinition {
  return defineJob<MessagingSendPayload, State, MessagingSendResult>({
    name: 'messaging.send',
    section: 'messaging',
    version: 1,
    payload: payloadSchema,
    describe: ({ orderId, messageId }) => ({ orderId, messageId }),
    async run(ctx) {
      const { messaging, config } = await connector(ctx.accountId);
      const subject = { messaging, account: config.accountId, now: () => clock.now() };
      const { step: _, ...result } = await runWorkflow(sendOnce(ctx.payload, subject), {
        journal: jobJournal(ctx),
        terms: jobTerms(ctx),
      });
      await messaging.forget(ctx.payload.orderId, ctx.payload.messageId);
      return result;
    },
  });
}

interface Subject {
  readonly messaging: MessagingClient;
  readonly account: string;
  readonly now: () => number;
}

function sendOnce(
  { orderId, messageId, marketplaceId }: MessagingSendPayload,
  { messaging, account, now }: Subject,
): Workflow<State> {
  const about = { ...(marketplaceId && { marketplaceId }) };
  return {
    name: 'messaging.send',
    begin: () => ({ step: 'ask' }),
    steps: {
      ask: async (_, { terms }) => {
        const { kind } = await messaging.prepared(orderId, messageId);
        await terms.call((options) => messaging.checkOffered(orderId, kind, { ...options, ...about }));
        return { step: 'send', sentAt: new Date(now()).toISOString() };
      },
      send: async ({ sentAt }, { terms, resumed, back }) => {
        if (resumed) return { step: 'lost', sentAt };
        const message = await messaging.prepared(orderId, messageId);
        const tried = await attempt(() =>
          terms.call((options) => messaging.post(orderId, message, { ...options, ...about })),
        );
        if (tried.outcome === 'unknown') return { step: 'lost', sentAt };
        if (tried.outcome === 'not-done') return back({ step: 'ask' }, tried.error);
        return { step: 'end', orderId, kind: message.kind };
      },
      lost: async ({ sentAt }) => {
        throw lost(orderId, sentAt, account);
      },
    },
  };
}

function lost(orderId: OrderId, sentAt: string, account: string): RemoteError {
  return new RemoteError(
    `Nobody can tell whether the message of ${sentAt} reached the buyer of order ${orderId}: its answer was lost.`,
    {
      ...{ account, operation: 'messaging', field: 'orderId' },
      code: 'OUTCOME_UNKNOWN',
      status: 200,
      retryable: false,
      remedy: `Look at the messages of order ${orderId} in Seller Central. If it is not there, queue the job anew.`,
    },
  );
}
