import { type MarketplaceId, type OrderId, RemoteError } from '@fluxori/core';
import { attempt } from '../workflow/attempt.js';
import { claimedElsewhere } from '../workflow/claimed-elsewhere.js';
import type { Claim } from '../workflow/claims.js';
import type { Workflow } from '../workflow/workflow.js';
import type { MessageKind } from './message.js';
import type { MessagingClient } from './messaging-client.js';

/** What is known of sending a message that was prepared. */
export type MessageSending = Claim<'sent', { readonly kind: MessageKind }>;

/** Under which it is written down that a message is sent, or was. */
export function sendingName(orderId: OrderId, messageId: string): string {
  return `${orderId}/${encodeURIComponent(messageId)}`;
}

export interface SendOutcome {
  readonly kind: MessageKind;
  /** `sent` by this job. `found`: an earlier one had sent it. */
  readonly outcome: 'sent' | 'found';
}

export type SendState =
  | { readonly step: 'ask' }
  | { readonly step: 'claim'; readonly kind: MessageKind }
  /** The message is about to be sent, or was. */
  | { readonly step: 'send'; readonly sentAt: string }
  | { readonly step: 'lost'; readonly sentAt: string }
  | ({ readonly step: 'end' } & SendOutcome);

interface Parts {
  readonly messaging: MessagingClient;
  readonly orderId: OrderId;
  readonly messageId: string;
  readonly marketplaceId?: MarketplaceId | undefined;
  /** A person has looked in Seller Central: what nobody heard of did not arrive. */
  readonly sendAgain?: boolean | undefined;
  /** Who sends: the job. */
  readonly by: string;
  readonly account: string;
  readonly now: () => number;
}

/**
 * Sends a prepared message at most once. It is written down that it is about to be sent, for this job and for all others; Amazon has no list of what
 * was sent, so one whose answer was lost is told as unknown. It is never sent again without a person's word.
 */
export function sendOnce(parts: Parts): Workflow<SendState> {
  const { messaging, orderId, messageId, marketplaceId, sendAgain, by, account, now } = parts;
  const about = { ...(marketplaceId && { marketplaceId }) };
  const subject = { account, operation: 'messaging', field: 'messageId' };
  const { sendings } = messaging;
  const name = sendingName(orderId, messageId);
  return {
    name: 'messaging.send',
    begin: () => ({ step: 'ask' }),
    intents: ['send'],
    steps: {
      ask: async (_, { terms }) => {
        const [message] = await Promise.allSettled([messaging.prepared(orderId, messageId)]);
        // Read after the message: whoever has sent it writes that down before it forgets the message.
        const known = await sendings.read(name);
        if (known?.status === 'sent') return { step: 'end', outcome: 'found', kind: known.kind };
        if (known !== undefined && known.by !== by && !sendAgain) throw taken(known);
        if (message.status === 'rejected') throw message.reason;
        const { kind } = message.value;
        await terms.call((options) => messaging.checkOffered(orderId, kind, { ...options, ...about }));
        return { step: 'claim', kind };
      },
      claim: async (_, { resumed }) => {
        const known = await sendings.claim(name, by, { again: sendAgain, own: resumed });
        if (known?.status === 'sent') return { step: 'end', outcome: 'found', kind: known.kind };
        if (known !== undefined) throw taken(known);
        return { step: 'send', sentAt: new Date(now()).toISOString() };
      },
      send: async ({ sentAt }, { terms, resumed, back }) => {
        if (resumed) return { step: 'lost', sentAt };
        const tried = await attempt(async () => {
          const message = await messaging.prepared(orderId, messageId);
          await terms.call((options) => messaging.post(orderId, message, { ...options, ...about }));
          return message.kind;
        });
        if (tried.outcome === 'done') return { step: 'end', outcome: 'sent', kind: tried.answer };
        if (tried.outcome === 'unknown') return { step: 'lost', sentAt };
        await sendings.release(name, by);
        return back({ step: 'ask' }, tried.error);
      },
      lost: async ({ sentAt }) => {
        // From here on nobody sends this message without a person's word.
        const other = await sendings.unknown(name, by);
        if (other?.status === 'sent') return { step: 'end', outcome: 'found', kind: other.kind };
        throw new RemoteError(
          `Nobody can tell whether the message of ${sentAt} reached the buyer of order ${orderId}: its answer was lost.`,
          {
            ...subject,
            code: 'OUTCOME_UNKNOWN',
            status: 200,
            retryable: false,
            remedy: whatToDo(orderId),
          },
        );
      },
    },
  };

  function taken(known: MessageSending): Error {
    const thing = `message ${messageId} to the buyer of order ${orderId}`;
    return claimedElsewhere(known, { thing, done: 'sent', whatToDo: whatToDo(orderId) }, subject);
  }
}

function whatToDo(orderId: string): string {
  return `Look at the messages of order ${orderId} in Seller Central. If it is not there, queue the job with \`sendAgain: true\`.`;
}
